package io.mlengine.spi.model;

/**
 * A named output: what the program leaves in {@code $MLENGINE_OUTPUT_DIR} under this path is kept with the job.
 *
 * @param name a DNS label
 * @param path file or folder, relative to {@code $MLENGINE_OUTPUT_DIR}
 */
public record Artifact(String name, String path) {}

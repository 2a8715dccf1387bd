package io.mlengine.spi.model;

/**
 * A named input, found by the program as {@code $MLENGINE_INPUT_<NAME>}.
 *
 * @param name a DNS label
 * @param source an absolute path or {@code file:} URI; on Kubernetes also {@code pvc://claim/path}
 * @param path where to link or mount it, relative to the working folder unless absolute; empty for a place that the
 *     backend chooses
 * @param readOnly whether the program must not write to it
 */
public record DataSource(String name, String source, String path, boolean readOnly) {}

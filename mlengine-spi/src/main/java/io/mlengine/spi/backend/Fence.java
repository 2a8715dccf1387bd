package io.mlengine.spi.backend;

/**
 * Tells orders of the engine in charge from those of one that has been replaced.
 *
 * @param owner which engine
 * @param token rises with each change of the owner
 */
public record Fence(String owner, long token) {}

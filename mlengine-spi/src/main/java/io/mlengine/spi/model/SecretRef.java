package io.mlengine.spi.model;

/**
 * Where a secret lies, never what it says. On Kubernetes a key of a Secret; on one machine a file {@code
 * <secrets folder>/<name>/<key>} or an environment variable of the engine's process.
 *
 * @param name the secret's name
 * @param key the key inside it
 */
public record SecretRef(String name, String key) {}

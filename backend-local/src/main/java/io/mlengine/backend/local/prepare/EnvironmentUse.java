package io.mlengine.backend.local.prepare;

/** Keeps an environment of the cache from being removed until it is closed, or until its process ends. */
public interface EnvironmentUse extends AutoCloseable {
    /** For a Python that is not of the cache. */
    EnvironmentUse NONE = () -> {};

    /** Ends the use; only the first call counts. */
    @Override
    void close();
}

package io.mlengine.backend.k8s.operator;

import io.mlengine.core.api.Health;

/** A controller as a process sees it: started once, asked how it is, closed once. */
public interface OperatorRuntime extends AutoCloseable {
    /**
     * Begins, and returns without waiting for leadership.
     *
     * @throws RuntimeException when it can never work, for example because a port is taken
     */
    void start();

    /**
     * Tells how the controller is.
     *
     * @return the health; a stand-by is {@code UP}
     */
    Health health();

    /** Gives leadership up after the engine was closed, and leaves jobs as they are. Blocks until done. */
    @Override
    void close();
}

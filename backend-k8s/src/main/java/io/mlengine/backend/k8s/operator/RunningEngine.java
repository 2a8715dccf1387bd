package io.mlengine.backend.k8s.operator;

import io.mlengine.core.api.Health;

/** An engine with everything that it needs, for the length of one term. */
public interface RunningEngine {
    /**
     * Tells how the engine is.
     *
     * @return the health; {@code DOWN} means that only a new engine helps
     */
    Health health();

    /**
     * Ends the engine and leaves its jobs as they are; the next engine goes on with them. Blocks until nothing of it is
     * written any more.
     */
    void close();
}

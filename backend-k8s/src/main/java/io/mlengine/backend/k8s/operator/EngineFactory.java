package io.mlengine.backend.k8s.operator;

import io.mlengine.backend.k8s.cluster.Leadership;

/** Makes the engine of a term. */
public interface EngineFactory {
    /**
     * Starts an engine and returns when it has read what is there. Called by one thread; a second engine is asked for
     * only after the first was closed.
     *
     * @param token fences everything that the engine writes
     * @param leadership says whether the engine may write, at any moment
     * @return the engine
     * @throws RuntimeException when it could not be started: it has left nothing behind and is tried again
     */
    RunningEngine start(long token, Leadership leadership);
}

package io.mlengine.backend.k8s.operator;

import io.mlengine.core.api.Health;
import java.util.concurrent.CompletionStage;

/** An engine with everything that it needs, for the length of one term. */
public interface RunningEngine {
    /**
     * Tells how the engine is.
     *
     * @return the health
     */
    Health health();

    /**
     * Tells when only a new engine helps.
     *
     * @return completes with the health of that moment, on any thread, unless the engine is closed before; never fails
     */
    CompletionStage<Health> halted();

    /**
     * Ends the engine and leaves its jobs as they are; the next engine goes on with them. Blocks until nothing of it is
     * written any more.
     */
    void close();
}

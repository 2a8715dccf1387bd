package io.mlengine.spi.backend;

import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaId;
import java.time.Duration;
import java.util.List;

/**
 * Which replicas to start.
 *
 * @param attempt the attempt, reserved before
 * @param job the job
 * @param replicas what to start; an id that was started before is ignored
 * @param stopGrace time between TERM and KILL, told to the program as {@code MLENGINE_STOP_GRACE_SECONDS}
 */
public record LaunchOrder(AttemptId attempt, JobShape job, List<Start> replicas, Duration stopGrace) {
    /** Copies the list. */
    public LaunchOrder {
        replicas = List.copyOf(replicas);
    }

    /**
     * One replica to start.
     *
     * @param id which start of which replica
     * @param plan what it runs
     */
    public record Start(ReplicaId id, ReplicaPlan plan) {}
}

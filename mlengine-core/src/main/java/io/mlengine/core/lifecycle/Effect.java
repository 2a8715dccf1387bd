package io.mlengine.core.lifecycle;

import io.mlengine.core.job.RunPolicy;
import io.mlengine.spi.backend.StopReason;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Something to be done in the world after the record has been stored. Effects are orders: doing one twice does no harm. */
public sealed interface Effect {
    /** The variants, for exhaustive switches. */
    enum Kind {
        /** {@link Reserve}. */
        RESERVE,
        /** {@link Launch}. */
        LAUNCH,
        /** {@link Stop}. */
        STOP,
        /** {@link Release}. */
        RELEASE,
        /** {@link Remove}. */
        REMOVE,
        /** {@link Forget}. */
        FORGET
    }

    /**
     * Returns which variant this is.
     *
     * @return the variant
     */
    Kind kind();

    /**
     * Claim devices and ports; answered by {@code Reserved} or {@code OrderFailed}.
     *
     * @param attempt the attempt
     * @param epoch the membership epoch
     * @param placement the places
     */
    record Reserve(AttemptId attempt, int epoch, Placement placement) implements Effect {
        @Override
        public Kind kind() {
            return Kind.RESERVE;
        }
    }

    /**
     * Plan the attempt's membership and start these replicas; a failure is answered by {@code OrderFailed}.
     *
     * @param attempt the attempt
     * @param epoch the membership epoch
     * @param replicas the starts
     */
    record Launch(AttemptId attempt, int epoch, List<ReplicaId> replicas) implements Effect {
        /** Copies the list. */
        public Launch {
            replicas = List.copyOf(replicas);
        }

        @Override
        public Kind kind() {
            return Kind.LAUNCH;
        }
    }

    /**
     * Stop replicas.
     *
     * @param attempt the attempt
     * @param replicas the starts to stop; empty for all of the attempt
     * @param grace time between TERM and KILL
     * @param reason why
     */
    record Stop(AttemptId attempt, Set<ReplicaId> replicas, Duration grace, StopReason reason) implements Effect {
        @Override
        public Kind kind() {
            return Kind.STOP;
        }
    }

    /**
     * Give devices and ports back.
     *
     * @param attempt the attempt
     * @param cleanup what happens to what its replicas left; the job's policy once the job has ended, before that {@link
     *     RunPolicy.Cleanup#RUNNING}, because evidence is kept while the job goes on
     */
    record Release(AttemptId attempt, RunPolicy.Cleanup cleanup) implements Effect {
        @Override
        public Kind kind() {
            return Kind.RELEASE;
        }
    }

    /**
     * Remove what the job left behind at the backend; answered by {@code Removed}.
     *
     * @param job the job
     */
    record Remove(JobId job) implements Effect {
        @Override
        public Kind kind() {
            return Kind.REMOVE;
        }
    }

    /**
     * Drop the record: the job is gone.
     *
     * @param job the job
     */
    record Forget(JobId job) implements Effect {
        @Override
        public Kind kind() {
            return Kind.FORGET;
        }
    }
}

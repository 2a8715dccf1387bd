package io.mlengine.core.lifecycle;

import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.Placement;
import java.util.SortedMap;

/** Something that happened to a job. Events that name an attempt are ignored, or only release, when it is not the newest. */
public sealed interface JobEvent {
    /** The variants: the columns of the transition table. */
    enum Type {
        /** {@link Accept}. */
        ACCEPT,
        /** {@link Grant}. */
        GRANT,
        /** {@link Reserved}. */
        RESERVED,
        /** {@link OrderFailed}. */
        ORDER_FAILED,
        /** {@link ReplicaChanged}. */
        REPLICA_CHANGED,
        /** {@link Wake}. */
        WAKE,
        /** {@link Progressed}. */
        PROGRESSED,
        /** {@link Suspend}. */
        SUSPEND,
        /** {@link Resume}. */
        RESUME,
        /** {@link Preempt}. */
        PREEMPT,
        /** {@link Resize}. */
        RESIZE,
        /** {@link Cancel}. */
        CANCEL,
        /** {@link Delete}. */
        DELETE,
        /** {@link Removed}. */
        REMOVED
    }

    /**
     * Returns which variant this is.
     *
     * @return the variant
     */
    Type type();

    /** The record was stored for the first time; queue or suspend it. */
    record Accept() implements JobEvent {
        @Override
        public Type type() {
            return Type.ACCEPT;
        }
    }

    /**
     * The scheduler grants places: for a queued job the whole gang, for a running elastic one its new membership.
     *
     * @param placement where each replica goes
     */
    record Grant(Placement placement) implements JobEvent {
        @Override
        public Type type() {
            return Type.GRANT;
        }
    }

    /**
     * The backend holds devices and ports for the attempt.
     *
     * @param attempt the attempt
     * @param epoch the membership epoch that was reserved
     * @param reservation addresses and ports
     */
    record Reserved(AttemptId attempt, int epoch, Reservation reservation) implements JobEvent {
        @Override
        public Type type() {
            return Type.RESERVED;
        }
    }

    /**
     * Reserving, planning or launching failed.
     *
     * @param attempt the attempt
     * @param failure whose fault it is
     * @param reason short word
     * @param message one sentence for people
     */
    record OrderFailed(AttemptId attempt, FailureClass failure, String reason, String message) implements JobEvent {
        @Override
        public Type type() {
            return Type.ORDER_FAILED;
        }
    }

    /**
     * The backend reports a replica.
     *
     * @param status its whole state
     */
    record ReplicaChanged(ReplicaStatus status) implements JobEvent {
        @Override
        public Type type() {
            return Type.REPLICA_CHANGED;
        }
    }

    /** A timer may be due; those that are not are left alone. */
    record Wake() implements JobEvent {
        @Override
        public Type type() {
            return Type.WAKE;
        }
    }

    /**
     * The program made progress or wrote output; pushes the progress timer.
     *
     * @param attempt the attempt
     */
    record Progressed(AttemptId attempt) implements JobEvent {
        @Override
        public Type type() {
            return Type.PROGRESSED;
        }
    }

    /** A user holds the job back. */
    record Suspend() implements JobEvent {
        @Override
        public Type type() {
            return Type.SUSPEND;
        }
    }

    /** A user lets the job go on. */
    record Resume() implements JobEvent {
        @Override
        public Type type() {
            return Type.RESUME;
        }
    }

    /**
     * The scheduler takes the resources back.
     *
     * @param reason one sentence for people, naming the beneficiary
     */
    record Preempt(String reason) implements JobEvent {
        @Override
        public Type type() {
            return Type.PREEMPT;
        }
    }

    /**
     * A user wishes another size of elastic roles. A smaller one is carried out at once, a larger one when the
     * scheduler grants it.
     *
     * @param sizes role to number, checked against the role's bounds before
     */
    record Resize(SortedMap<String, Integer> sizes) implements JobEvent {
        @Override
        public Type type() {
            return Type.RESIZE;
        }
    }

    /**
     * A user ends the job.
     *
     * @param reason one sentence for people
     */
    record Cancel(String reason) implements JobEvent {
        @Override
        public Type type() {
            return Type.CANCEL;
        }
    }

    /** A user ends the job and wants it forgotten. */
    record Delete() implements JobEvent {
        @Override
        public Type type() {
            return Type.DELETE;
        }
    }

    /** The backend has removed what a deleted job left behind. */
    record Removed() implements JobEvent {
        @Override
        public Type type() {
            return Type.REMOVED;
        }
    }
}

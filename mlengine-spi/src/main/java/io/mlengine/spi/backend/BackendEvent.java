package io.mlengine.spi.backend;

import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.ReplicaId;
import java.util.List;

/** What a backend reports. */
public sealed interface BackendEvent {
    /** The variants, for exhaustive switches. */
    enum Kind {
        /** {@link NodesReported}. */
        NODES_REPORTED,
        /** {@link ReplicaReported}. */
        REPLICA_REPORTED,
        /** {@link ProgressReported}. */
        PROGRESS_REPORTED,
        /** {@link UsageReported}. */
        USAGE_REPORTED,
        /** {@link GangReported}. */
        GANG_REPORTED,
        /** {@link Synced}. */
        SYNCED,
        /** {@link Stale}. */
        STALE
    }

    /**
     * Returns which variant this is.
     *
     * @return the variant
     */
    Kind kind();

    /**
     * All nodes as they are now.
     *
     * @param nodes the nodes
     */
    record NodesReported(List<Node> nodes) implements BackendEvent {
        /** Copies the list. */
        public NodesReported {
            nodes = List.copyOf(nodes);
        }

        @Override
        public Kind kind() {
            return Kind.NODES_REPORTED;
        }
    }

    /**
     * One replica as it is now.
     *
     * @param status its whole state
     */
    record ReplicaReported(ReplicaStatus status) implements BackendEvent {
        @Override
        public Kind kind() {
            return Kind.REPLICA_REPORTED;
        }
    }

    /**
     * What a replica says about its progress; at most one a second for each replica.
     *
     * @param replica who says it
     * @param progress what it says
     */
    record ProgressReported(ReplicaId replica, Progress progress) implements BackendEvent {
        @Override
        public Kind kind() {
            return Kind.PROGRESS_REPORTED;
        }
    }

    /**
     * What a replica uses.
     *
     * @param replica which one
     * @param sample the sample
     */
    record UsageReported(ReplicaId replica, UsageSample sample) implements BackendEvent {
        @Override
        public Kind kind() {
            return Kind.USAGE_REPORTED;
        }
    }

    /**
     * One gang of others as it is now; only from a backend that gives {@link ExternalPlaces}.
     *
     * @param gang its whole state; without members it is gone
     */
    record GangReported(ExternalGang gang) implements BackendEvent {
        @Override
        public Kind kind() {
            return Kind.GANG_REPORTED;
        }
    }

    /** Everything that exists has been reported. */
    record Synced() implements BackendEvent {
        @Override
        public Kind kind() {
            return Kind.SYNCED;
        }
    }

    /**
     * The backend has gone blind; silence means nothing until the next {@link Synced}.
     *
     * @param reason why
     */
    record Stale(String reason) implements BackendEvent {
        @Override
        public Kind kind() {
            return Kind.STALE;
        }
    }
}

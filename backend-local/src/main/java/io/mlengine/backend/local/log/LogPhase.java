package io.mlengine.backend.local.log;

import io.mlengine.spi.model.ReplicaId;

/** What a reader must know about a replica. */
public enum LogPhase {
    /** It has not started yet. */
    EXPECTED,
    /** It writes. */
    LIVE,
    /** Nothing is added any more. */
    ENDED;

    /** Tells the phase of a replica. */
    public interface Source {
        /**
         * Asks for the phase.
         *
         * @param replica which start of which replica
         * @return the phase now
         */
        LogPhase of(ReplicaId replica);
    }
}

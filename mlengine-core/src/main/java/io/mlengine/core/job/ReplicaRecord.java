package io.mlengine.core.job;

import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import java.util.List;

/**
 * What is known of one replica of an attempt.
 *
 * @param current the last state reported for its newest start
 * @param retries restarts of only this replica that were charged to it
 * @param intent what the engine wants of the newest start
 * @param past how its earlier starts in this attempt ended, oldest first; of a long series only the newest are kept
 */
public record ReplicaRecord(ReplicaStatus current, int retries, Intent intent, List<ReplicaStatus> past) {
    private static final int MOST_PAST = 8;

    /** The revision of a start that was ordered and of which the backend has said nothing yet; below every report's. */
    public static final long UNREPORTED = -1;

    /** Copies the list, at most its 8 newest entries. */
    public ReplicaRecord {
        past = List.copyOf(past.subList(Math.max(0, past.size() - MOST_PAST), past.size()));
    }

    /** What the engine wants of a start; its end is a failure only while it shall run. */
    public enum Intent {
        /** It shall run. */
        RUN,
        /** It shall be gone, and then be started again in the same place. */
        REPLACE,
        /** It shall be gone, and the attempt goes on without it. */
        REMOVE
    }

    /**
     * A first start that shall run.
     *
     * @param current its state
     * @param retries restarts charged to it
     */
    public ReplicaRecord(ReplicaStatus current, int retries) {
        this(current, retries, Intent.RUN, List.of());
    }

    /**
     * The newest start.
     *
     * @return its id
     */
    public ReplicaId id() {
        return current.id();
    }

    /**
     * Which replica it is.
     *
     * @return role and index
     */
    public ReplicaKey key() {
        return current.id().key();
    }

    /**
     * Tells whether the backend has yet to say something about the newest start.
     *
     * @return true until its first report
     */
    public boolean isUnreported() {
        return current.revision() == UNREPORTED;
    }

    /**
     * Tells whether something of it may be alive.
     *
     * @return true until its end is known
     */
    public boolean mayLive() {
        return current.state().mayLive();
    }

    /**
     * The same replica after a report.
     *
     * @param status the new state of the same start
     * @return the record
     */
    public ReplicaRecord withCurrent(ReplicaStatus status) {
        return new ReplicaRecord(status, retries, intent, past);
    }

    /**
     * The same replica with another intent.
     *
     * @param wanted what the engine wants
     * @return the record
     */
    public ReplicaRecord withIntent(Intent wanted) {
        return new ReplicaRecord(current, retries, wanted, past);
    }

    /**
     * The same replica with one more restart charged to it.
     *
     * @return the record
     */
    public ReplicaRecord charged() {
        return new ReplicaRecord(current, retries + 1, intent, past);
    }

    /**
     * The same replica started again.
     *
     * @param start the state of the new start
     * @return the record, in which the start before is a past one
     */
    public ReplicaRecord startedAgain(ReplicaStatus start) {
        List<ReplicaStatus> starts = new java.util.ArrayList<>(past);
        starts.add(current);
        return new ReplicaRecord(start, retries, Intent.RUN, starts);
    }
}

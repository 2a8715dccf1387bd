package io.mlengine.spi.backend;

/** The state of one started replica. */
public enum ReplicaState {
    /** Accepted, nothing done yet. */
    PENDING,
    /** Code, environment or image are being prepared. */
    PREPARING,
    /** The process runs and is not ready yet. */
    STARTED,
    /** The process runs and its ready condition was met. */
    READY,
    /** TERM was sent. */
    STOPPING,
    /** Ended with exit code 0; nothing of it is alive. */
    SUCCEEDED,
    /** Ended otherwise, or could not be started; nothing of it is alive. */
    FAILED,
    /** Its node is silent: it may still be alive. */
    LOST,
    /** Nothing of it is alive and how it ended is not known. */
    GONE;

    /**
     * Tells whether something of it may be alive and holds resources.
     *
     * @return true for all but SUCCEEDED, FAILED and GONE
     */
    public boolean mayLive() {
        return this != SUCCEEDED && this != FAILED && this != GONE;
    }
}

package io.mlengine.core.job;

/** Where a job is in its life; a job has exactly one. */
public enum Phase {
    /** Accepted, validated, defaults filled in. */
    CREATED,
    /** Waits for quota, gang, back-off or dependencies; the reason says which. */
    QUEUED,
    /** Held back by a user, nothing alive. */
    SUSPENDED,
    /** The scheduler granted the whole gang; the placement is recorded. */
    ADMITTED,
    /** Replicas of this attempt are being started; not all are ready. */
    STARTING,
    /** All required replicas are ready. */
    RUNNING,
    /** An elastic job changes its size. */
    RESIZING,
    /** The failed attempt drains before the next one is queued. */
    RESTARTING,
    /** Drains because it was suspended or preempted. */
    SUSPENDING,
    /** The outcome is decided and stored; drains. */
    STOPPING,
    /** Ended well. */
    SUCCEEDED,
    /** Ended badly. */
    FAILED,
    /** Ended because a user wished so. */
    CANCELLED,
    /** Ended, and its record is being removed. */
    DELETING;

    /**
     * Tells whether the job has ended.
     *
     * @return true for SUCCEEDED, FAILED, CANCELLED and DELETING
     */
    public boolean isTerminal() {
        return compareTo(SUCCEEDED) >= 0;
    }

    /**
     * Tells whether devices and ports may be held.
     *
     * @return true from ADMITTED to STOPPING
     */
    public boolean holdsResources() {
        return compareTo(ADMITTED) >= 0 && compareTo(STOPPING) <= 0;
    }
}

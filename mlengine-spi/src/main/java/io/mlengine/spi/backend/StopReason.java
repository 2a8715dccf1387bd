package io.mlengine.spi.backend;

/** Why replicas are stopped. */
public enum StopReason {
    /** The job has its outcome. */
    FINISHED,
    /** A user cancelled or deleted the job. */
    CANCELLED,
    /** A user suspended the job. */
    SUSPENDED,
    /** The scheduler takes the resources back. */
    PREEMPTED,
    /** The attempt failed and the next one waits for the end of this one. */
    RESTART,
    /** An elastic job gets smaller. */
    RESIZE,
    /** The replica belongs to an attempt that the engine no longer knows. */
    STALE,
    /** The engine shuts down. */
    SHUTDOWN
}

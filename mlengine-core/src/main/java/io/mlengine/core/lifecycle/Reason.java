package io.mlengine.core.lifecycle;

/** The short words that the state machine itself gives as reasons in history, outcomes and causes. */
public final class Reason {
    /** The job was stored for the first time. */
    public static final String ACCEPTED = "Accepted";
    /** The scheduler granted places. */
    public static final String GRANTED = "Granted";
    /** Devices and ports are claimed. */
    public static final String RESERVED = "Reserved";
    /** All required replicas are ready. */
    public static final String ALL_READY = "AllReady";
    /** An elastic job gets another size. */
    public static final String RESIZED = "Resized";
    /** The new size cannot be reached in place. */
    public static final String RESTART_TO_RESIZE = "RestartToResize";
    /** A user holds the job back. */
    public static final String SUSPENDED = "Suspended";
    /** A user lets the job go on. */
    public static final String RESUMED = "Resumed";
    /** The scheduler took the resources back. */
    public static final String PREEMPTED = "Preempted";
    /** Nothing of the attempt is alive any more. */
    public static final String DRAINED = "Drained";
    /** The goal was met. */
    public static final String SUCCEEDED = "Succeeded";
    /** A user ended the job. */
    public static final String CANCELLED = "Cancelled";
    /** A user wants the job forgotten. */
    public static final String DELETED = "Deleted";
    /** The record has been kept long enough. */
    public static final String EXPIRED = "Expired";
    /** The active deadline has passed. */
    public static final String DEADLINE_EXCEEDED = "DeadlineExceeded";
    /** A retry budget is used up. */
    public static final String BACKOFF_LIMIT_EXCEEDED = "BackoffLimitExceeded";
    /** The job was preempted more often than it may be. */
    public static final String PREEMPTION_LIMIT_EXCEEDED = "PreemptionLimitExceeded";
    /** Too few deciders are left to succeed. */
    public static final String SUCCESS_UNREACHABLE = "SuccessUnreachable";
    /** Not all replicas were ready in time. */
    public static final String START_TIMEOUT = "StartTimeout";
    /** The program made no progress for too long. */
    public static final String NO_PROGRESS = "NoProgress";
    /** The kernel killed a process because memory ran out. */
    public static final String OUT_OF_MEMORY = "OutOfMemory";
    /** A node is silent. */
    public static final String NODE_LOST = "NodeLost";
    /** A replica is gone and nobody knows how it ended. */
    public static final String REPLICA_GONE = "ReplicaGone";
    /** A process ended with another code than 0. */
    public static final String EXIT_CODE = "ExitCode";
    /** A signal ended a process. */
    public static final String SIGNAL = "Signal";
    /** A replica could not be started. */
    public static final String NOT_STARTED = "NotStarted";

    private Reason() {}
}

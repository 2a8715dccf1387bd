package io.mlengine.spi.error;

/** Who can do something about an error. */
public enum ErrorCategory {
    /** The caller: a wrong argument, an unknown job, an operation that the job's phase forbids. */
    USER,
    /** Nobody now: a full mailbox or no capacity; try again later. */
    CAPACITY,
    /** Whoever runs the backend. */
    BACKEND,
    /** The author of a plugin. */
    PLUGIN,
    /** Us: a bug. */
    INTERNAL
}

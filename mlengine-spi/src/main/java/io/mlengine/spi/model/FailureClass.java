package io.mlengine.spi.model;

/** Whose fault a failure is; it decides which retry budget pays for the next attempt. */
public enum FailureClass {
    /** The program failed in a way that another attempt will not mend. */
    USER,
    /** The program failed in a way that may pass, such as an exit code that the job's profile calls retryable. */
    USER_RETRYABLE,
    /** Node lost, evicted, image or volume not available, port taken, environment not built. */
    INFRASTRUCTURE,
    /** The scheduler took the resources back for another job. */
    PREEMPTED,
    /** A quota that is not the engine's leaves no room now. It is nobody's fault: the job waits, and no budget pays. */
    QUOTA,
    /** The job asks for something that this backend or plugin cannot do; no attempt will differ. */
    CONFIGURATION
}

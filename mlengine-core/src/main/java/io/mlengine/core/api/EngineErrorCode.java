package io.mlengine.core.api;

import io.mlengine.spi.error.ErrorCategory;
import io.mlengine.spi.error.ErrorCode;

/** The errors of the engine itself. */
public enum EngineErrorCode implements ErrorCode {
    /** The job was rejected. */
    INVALID_JOB(ErrorCategory.USER, false),
    /** No such job. */
    NOT_FOUND(ErrorCategory.USER, false),
    /** A job of that name has not ended. */
    NAME_TAKEN(ErrorCategory.USER, false),
    /** The job's phase or kind forbids the call. */
    WRONG_PHASE(ErrorCategory.USER, false),
    /** The wished size is outside the role's bounds. */
    BAD_SIZE(ErrorCategory.USER, false),
    /** A job that was waited for did not succeed. */
    JOB_FAILED(ErrorCategory.USER, false),
    /** Waiting took longer than the caller allowed. */
    WAIT_TIMEOUT(ErrorCategory.CAPACITY, true),
    /** Calls come faster than they are handled. */
    MAILBOX_FULL(ErrorCategory.CAPACITY, true),
    /** A subscriber fell too far behind. */
    SUBSCRIBER_TOO_SLOW(ErrorCategory.USER, true),
    /** The engine is closed. */
    CLOSED(ErrorCategory.USER, false),
    /** The store refused or failed. */
    STORE(ErrorCategory.BACKEND, true),
    /** Another engine owns the records now. */
    FENCED(ErrorCategory.BACKEND, false),
    /** The engine was built without something it needs. */
    BAD_SETUP(ErrorCategory.USER, false),
    /** A bug in the engine. */
    INTERNAL(ErrorCategory.INTERNAL, false);

    private final ErrorCategory category;
    private final boolean retryable;

    EngineErrorCode(ErrorCategory category, boolean retryable) {
        this.category = category;
        this.retryable = retryable;
    }

    @Override
    public ErrorCategory category() {
        return category;
    }

    @Override
    public boolean retryable() {
        return retryable;
    }
}

package io.mlengine.backend.local.lease;

import io.mlengine.spi.error.ErrorCategory;
import io.mlengine.spi.error.ErrorCode;

/** What can go wrong with leases, apart from one being taken. */
public enum LeaseError implements ErrorCode {
    /** No port of the range is free. */
    PORTS_USED_UP(ErrorCategory.CAPACITY, true),
    /** The folder of the leases cannot be used. */
    LEASE_FOLDER_UNUSABLE(ErrorCategory.BACKEND, false);

    private final ErrorCategory category;
    private final boolean retryable;

    LeaseError(ErrorCategory category, boolean retryable) {
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

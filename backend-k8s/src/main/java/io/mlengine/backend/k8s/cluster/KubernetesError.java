package io.mlengine.backend.k8s.cluster;

import io.mlengine.spi.error.ErrorCategory;
import io.mlengine.spi.error.ErrorCode;

/** What the Kubernetes backend refuses. */
public enum KubernetesError implements ErrorCode {
    /** Another engine has taken over; this one's orders no longer count. */
    FENCED(ErrorCategory.BACKEND, false),
    /** This process is not in charge, or not any more. */
    NOT_LEADING(ErrorCategory.BACKEND, false),
    /** The attempt was not reserved, or was released. */
    NOT_RESERVED(ErrorCategory.INTERNAL, false),
    /** The attempt or job still has live replicas. */
    STILL_RUNNING(ErrorCategory.INTERNAL, true),
    /** The backend is closed. */
    CLOSED(ErrorCategory.BACKEND, false);

    private final ErrorCategory category;
    private final boolean retryable;

    KubernetesError(ErrorCategory category, boolean retryable) {
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

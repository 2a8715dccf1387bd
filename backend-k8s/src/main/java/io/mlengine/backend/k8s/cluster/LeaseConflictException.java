package io.mlengine.backend.k8s.cluster;

/** Somebody else has written the lease since it was read. */
final class LeaseConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LeaseConflictException(Throwable cause) {
        super("somebody else has written the lease", cause);
    }
}

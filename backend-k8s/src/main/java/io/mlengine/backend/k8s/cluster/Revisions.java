package io.mlengine.backend.k8s.cluster;

import org.jspecify.annotations.Nullable;

/**
 * Reads resource versions as numbers. They are positions in the API server's store, so those of one kind of object can
 * be compared; Kubernetes promises it from 1.35 on and has never done otherwise.
 */
final class Revisions {
    private Revisions() {}

    /** The number; 0 when there is none. */
    static long of(@Nullable String resourceVersion) {
        if (resourceVersion == null || resourceVersion.isEmpty()) {
            return 0;
        }
        try {
            return Long.parseLong(resourceVersion);
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }
}

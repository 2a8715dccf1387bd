package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.pod.StartTrouble;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.model.ReplicaId;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends pods: asks again until the API server has taken note. Thread-safe. */
final class PodDeletions {
    private static final Logger LOG = LoggerFactory.getLogger(PodDeletions.class);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final ClusterApi api;
    private final Retries retries;
    private final Replicas replicas;

    PodDeletions(ClusterApi api, Retries retries, Replicas replicas) {
        this.api = api;
        this.retries = retries;
        this.replicas = replicas;
    }

    /** Asks for the end of a pod; returns at once. Its end is seen by the watch. */
    void delete(Pod pod, Duration grace, Fence fence) {
        String namespace = pod.getMetadata().getNamespace();
        String name = pod.getMetadata().getName();
        retries.call(PATIENCE, refusal -> true, () -> {
                    api.delete(pod, grace, fence);
                    return name;
                })
                .whenComplete((unused, error) -> {
                    if (error != null) {
                        LOG.warn("cannot delete pod={}/{} cause={}", namespace, name, error.toString());
                    }
                });
    }

    /** Ends a replica that cannot start, and has the reason told with its end. */
    void doom(ReplicaId id, Pod pod, StartTrouble why, Fence fence) {
        LOG.warn("replica={} cannot start reason={} message={}", id, why.reason(), why.message());
        replicas.doom(id, why);
        delete(pod, Duration.ZERO, fence);
    }
}

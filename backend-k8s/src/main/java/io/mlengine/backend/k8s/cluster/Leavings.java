package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.mlengine.backend.k8s.pod.JobOwner;
import io.mlengine.backend.k8s.pod.PodNames;
import io.mlengine.backend.k8s.pod.ReplicaIds;
import io.mlengine.spi.backend.Cleanup;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;

/** Removes what attempts and jobs leave behind. What belongs to an object that is gone the cluster removes itself. */
final class Leavings {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ClusterApi api;
    private final Retries retries;
    private final Replicas replicas;
    private final Attempts attempts;
    private final JobOwners owners;

    Leavings(ClusterApi api, Retries retries, Replicas replicas, Attempts attempts, JobOwners owners) {
        this.api = api;
        this.retries = retries;
        this.replicas = replicas;
        this.attempts = attempts;
        this.owners = owners;
    }

    CompletableFuture<Void> release(AttemptId attempt, Cleanup cleanup, Fence fence) {
        if (replicas.isLive(attempt)) {
            return CompletableFuture.failedFuture(stillRunning(attempt.toString()));
        }
        return owner(attempt.job())
                .map(owner -> delete(() -> {
                    SortedMap<String, String> labels = ReplicaIds.labels(owner, attempt);
                    api.deleteSecret(owner.namespace(), PodNames.secret(owner, attempt), fence);
                    api.deleteAll(ConfigMap.class, owner.namespace(), labels, fence);
                    if (cleanup == Cleanup.REMOVE_WORK) {
                        api.deleteAll(Pod.class, owner.namespace(), labels, fence);
                    }
                }))
                .orElseGet(() -> CompletableFuture.completedFuture(null))
                .thenRun(() -> {
                    replicas.forget(attempt);
                    attempts.release(attempt);
                });
    }

    CompletableFuture<Void> remove(JobId job, Fence fence) {
        if (replicas.isLive(job)) {
            return CompletableFuture.failedFuture(stillRunning(job.toString()));
        }
        return owner(job)
                .map(owner -> delete(() -> {
                    SortedMap<String, String> labels = ReplicaIds.labels(owner);
                    api.deleteAll(Pod.class, owner.namespace(), labels, fence);
                    api.deleteAll(ConfigMap.class, owner.namespace(), labels, fence);
                    api.deleteAll(Service.class, owner.namespace(), labels, fence);
                }))
                .orElseGet(() -> CompletableFuture.completedFuture(null))
                .thenRun(() -> replicas.forget(job));
    }

    private Optional<JobOwner> owner(JobId job) {
        return owners.find(job).or(() -> attempts.owner(job));
    }

    private CompletableFuture<Void> delete(Runnable calls) {
        return retries.call(PATIENCE, refusal -> ApiAnswer.of(refusal) == ApiAnswer.TRANSIENT, () -> {
                    calls.run();
                    return Boolean.TRUE;
                })
                .thenAccept(done -> {});
    }

    private static MLEngineException stillRunning(String what) {
        return new MLEngineException(
                KubernetesError.STILL_RUNNING, "Replicas are still alive.", Map.of("of", what), null);
    }
}

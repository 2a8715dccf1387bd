package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.spi.backend.Fence;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Binds pods to nodes. A binding cannot be undone, so one that fails is tried again until time is up. Thread-safe. */
final class Bindings {
    private final ClusterApi api;
    private final Retries retries;
    private final Duration patience;

    Bindings(ClusterApi api, Retries retries, Duration patience) {
        this.api = api;
        this.retries = retries;
        this.patience = patience;
    }

    /** What has become of a pod. */
    enum Outcome {
        /** On its node. */
        BOUND,
        /** On another node. */
        ELSEWHERE,
        /** Gone, or about to be. */
        GONE
    }

    /** How long a pod is tried. */
    Duration patience() {
        return patience;
    }

    /**
     * Binds a pod without a node; returns at once.
     *
     * @param before called before each try, on the thread that makes it; what it throws ends the tries
     * @return what has become of the pod, or the last failure
     */
    CompletableFuture<Outcome> bind(Pod pod, String node, Fence fence, Runnable before) {
        return retries.call(patience, refusal -> true, () -> {
            before.run();
            return tryOnce(pod, node, Map.of(), fence);
        });
    }

    /** The same, and the pod gets annotations together with its node. */
    CompletableFuture<Outcome> bind(Pod pod, String node, Map<String, String> annotations, Fence fence) {
        return retries.call(patience, refusal -> true, () -> tryOnce(pod, node, annotations, fence));
    }

    private Outcome tryOnce(Pod pod, String node, Map<String, String> annotations, Fence fence) {
        try {
            api.bind(pod, node, annotations, fence);
            return Outcome.BOUND;
        } catch (KubernetesClientException e) {
            ApiAnswer answer = ApiAnswer.of(e);
            if (answer == ApiAnswer.CONFLICT || answer == ApiAnswer.EXISTS || answer == ApiAnswer.MISSING) {
                return look(pod, node).orElseThrow(() -> e);
            }
            throw e;
        }
    }

    /** What has become of a pod meanwhile; empty when it still waits. Blocks. */
    Optional<Outcome> look(Pod pod, String node) {
        Optional<Pod> found = api.find(pod)
                .filter(now ->
                        now.getMetadata().getUid().equals(pod.getMetadata().getUid()))
                .filter(now -> now.getMetadata().getDeletionTimestamp() == null);
        if (found.isEmpty()) {
            return Optional.of(Outcome.GONE);
        }
        return Optional.ofNullable(found.get().getSpec().getNodeName())
                .map(actual -> actual.equals(node) ? Outcome.BOUND : Outcome.ELSEWHERE);
    }
}

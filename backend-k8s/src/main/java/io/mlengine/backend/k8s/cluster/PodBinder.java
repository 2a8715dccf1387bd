package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.pod.ReplicaIds;
import io.mlengine.backend.k8s.pod.StartTrouble;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.model.FailureClass;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives pods their nodes. A binding cannot be undone, so a pod that could not be bound is held and tried again, until
 * time is up; then it is deleted, its replica has failed, and the engine ends the attempt. Thread-safe.
 */
final class PodBinder {
    private static final Logger LOG = LoggerFactory.getLogger(PodBinder.class);

    private final Bindings bindings;
    private final PodDeletions deletions;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    PodBinder(Bindings bindings, PodDeletions deletions) {
        this.bindings = bindings;
        this.deletions = deletions;
    }

    /**
     * Binds a pod without a node; does nothing for one that is being bound. Returns at once.
     *
     * @param annotations what the pod gets together with its node
     */
    void bind(Pod pod, String node, Map<String, String> annotations, Fence fence) {
        String uid = pod.getMetadata().getUid();
        if (underWay.add(uid)) {
            bindings.bind(pod, node, annotations, fence).whenComplete((outcome, error) -> {
                underWay.remove(uid);
                if (error != null) {
                    failed(pod, node, fence, error);
                } else if (outcome == Bindings.Outcome.ELSEWHERE) {
                    doom(pod, fence, "somebody else has bound it to another node than " + node);
                }
            });
        }
    }

    /** Ends a pod that has not been bound, unless this process may not do that. */
    void failed(Pod pod, String node, Fence fence, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof MLEngineException || cause instanceof RejectedExecutionException) {
            // Whoever is in charge after us binds it: it carries the name of its node.
            LOG.debug("no more tries to bind pod={} cause={}", pod.getMetadata().getName(), cause.toString());
            return;
        }
        String why = cause instanceof KubernetesClientException refusal
                ? ApiAnswer.message(refusal)
                : String.valueOf(cause.getMessage());
        doom(
                pod,
                fence,
                "could not be bound to node " + node + " within "
                        + bindings.patience().toSeconds() + " s: " + why);
    }

    private void doom(Pod pod, Fence fence, String message) {
        ReplicaIds.of(pod)
                .ifPresent(id -> deletions.doom(
                        id, pod, new StartTrouble(FailureClass.INFRASTRUCTURE, "BindFailed", message, true), fence));
    }
}

package io.mlengine.backend.k8s.cluster;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.pod.ForeignGang;
import io.mlengine.spi.backend.Fence;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes back what a failed try has bound, so that no half gang holds nodes: these pods are deleted, and their controller
 * makes others that wait with the rest. A pod that nobody makes again stays where it is. Thread-safe.
 */
final class GangUndo {
    private static final Logger LOG = LoggerFactory.getLogger(GangUndo.class);

    private final ClusterApi api;
    private final Retries retries;
    private final Bindings bindings;

    GangUndo(ClusterApi api, Retries retries, Bindings bindings) {
        this.api = api;
        this.retries = retries;
        this.bindings = bindings;
    }

    /** Completes when the API server has taken note; never fails. */
    CompletableFuture<Void> undo(GangPlacing placing, Fence fence) {
        List<CompletableFuture<Void>> all = placing.targets().keySet().stream()
                .map(pod -> undo(placing, pod, fence))
                .toList();
        return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
    }

    private CompletableFuture<Void> undo(GangPlacing placing, Pod pod, Fence fence) {
        return retries.call(bindings.patience(), refusal -> true, () -> {
                    // A try whose answer was lost may have bound it.
                    boolean isBound = placing.bound().containsKey(pod)
                            || bindings.look(
                                            pod,
                                            requireNonNull(placing.targets().get(pod)))
                                    .filter(Bindings.Outcome.BOUND::equals)
                                    .isPresent();
                    if (!isBound) {
                        return false;
                    }
                    placing.isBound(pod);
                    if (ForeignGang.isMadeAgain(pod)) {
                        api.delete(pod, fence);
                        placing.isEnded(pod);
                        return true;
                    }
                    return false;
                })
                .handle((deleted, error) -> {
                    if (error != null) {
                        LOG.warn(
                                "cannot take a pod of a half gang off its node pod={}/{} cause={}",
                                pod.getMetadata().getNamespace(),
                                pod.getMetadata().getName(),
                                error.toString());
                    } else if (Boolean.TRUE.equals(deleted)) {
                        LOG.info(
                                "a pod of a half gang was taken off its node pod={}/{}",
                                pod.getMetadata().getNamespace(),
                                pod.getMetadata().getName());
                    }
                    return pod;
                })
                .thenAccept(done -> {});
    }
}

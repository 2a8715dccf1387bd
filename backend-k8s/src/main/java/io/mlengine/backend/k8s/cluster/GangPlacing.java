package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.pod.ForeignGang;
import io.mlengine.backend.k8s.pod.Nodes;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.OrderFailedException;
import io.mlengine.spi.model.FailureClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One try to bind the waiting pods of a gang: all at once, again and again until all are bound. The first pod that can
 * never be bound ends the try for all. Thread-safe.
 *
 * <p>Pods that nobody makes again cannot be taken off their node, so gangs with such pods are rehearsed first: nothing is
 * bound unless the API server would take every single binding.
 */
final class GangPlacing {
    private final Map<Pod, String> targets;
    private final Bindings bindings;
    private final ClaimBinding claims;
    private final Consumer<String> waits;
    private final ClusterApi api;
    private final Retries retries;
    private final Function<String, Optional<Node>> nodes;
    private final Fence fence;
    private final Map<Pod, String> bound = new ConcurrentHashMap<>();
    private final Set<Pod> ended = ConcurrentHashMap.newKeySet();
    private final AtomicReference<String> obstacle = new AtomicReference<>("");

    /**
     * Prepares a try.
     *
     * @param waits hears what the try waits for
     * @param nodes the nodes as they are known now
     */
    GangPlacing(
            Map<Pod, String> targets,
            Bindings bindings,
            ClaimBinding claims,
            Consumer<String> waits,
            ClusterApi api,
            Retries retries,
            Function<String, Optional<Node>> nodes,
            Fence fence) {
        this.targets = Map.copyOf(targets);
        this.bindings = bindings;
        this.claims = claims;
        this.waits = waits;
        this.api = api;
        this.retries = retries;
        this.nodes = nodes;
        this.fence = fence;
    }

    /** Completes when all are bound; fails when not all can be, once no more tries are made. */
    CompletableFuture<Void> run() {
        boolean isRisky = targets.size() > 1 && !targets.keySet().stream().allMatch(ForeignGang::isMadeAgain);
        return claims.ready(targets, fence, this::isNotStopped, waits)
                .thenCompose(unused -> isRisky ? rehearse() : CompletableFuture.completedFuture(null))
                .thenRun(this::checkOpen)
                .thenCompose(unused -> bindAll())
                .thenRun(this::checkNodes);
    }

    private CompletableFuture<Void> rehearse() {
        List<CompletableFuture<Boolean>> answers = new ArrayList<>();
        targets.forEach((pod, node) -> answers.add(retries.call(bindings.patience(), this::isNotStopped, () -> {
            check(node);
            api.rehearseBinding(pod, node, fence);
            return true;
        })));
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new));
    }

    private boolean isNotStopped(KubernetesClientException refusal) {
        return ApiAnswer.of(refusal) == ApiAnswer.TRANSIENT && obstacle.get().isEmpty();
    }

    private CompletableFuture<Void> bindAll() {
        List<CompletableFuture<?>> answers = new ArrayList<>();
        targets.forEach((pod, node) ->
                answers.add(bindings.bind(pod, node, fence, () -> check(node)).whenComplete((outcome, error) -> {
                    if (error != null) {
                        stop(pod.getMetadata().getName() + ": " + message(error));
                    } else {
                        switch (outcome) {
                            case BOUND -> bound.put(pod, node);
                            case ELSEWHERE -> stop(pod.getMetadata().getName() + " was bound by somebody else");
                            case GONE -> stop(pod.getMetadata().getName() + " is gone");
                        }
                    }
                })));
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .thenRun(() -> {
                    if (!obstacle.get().isEmpty()) {
                        throw new CancellationException(obstacle.get());
                    }
                });
    }

    /** The API server binds to nodes that are not there. */
    private void check(String node) {
        if (!obstacle.get().isEmpty()) {
            throw new CancellationException(obstacle.get());
        }
        if (nodes.apply(node).isEmpty()) {
            stop("the node " + node + " is gone");
            throw new CancellationException(obstacle.get());
        }
    }

    /** Nodes may have been closed since they were chosen; once a pod is bound, the others follow it. */
    private void checkOpen() {
        for (String node : targets.values()) {
            nodes.apply(node).flatMap(Nodes::whyClosed).ifPresent(why -> {
                stop("the node " + node + " " + why);
                throw new CancellationException(obstacle.get());
            });
        }
    }

    private void checkNodes() {
        targets.values().forEach(this::check);
    }

    private void stop(String why) {
        obstacle.compareAndSet("", why);
    }

    /** Makes no more tries. */
    void abandon() {
        stop("the gang is evicted");
    }

    /** The pods of this try and their nodes. */
    Map<Pod, String> targets() {
        return targets;
    }

    /** A pod of this try has turned out to be bound. */
    void isBound(Pod pod) {
        bound.put(pod, targets.get(pod));
    }

    /** The end of a pod of this try is ordered. */
    void isEnded(Pod pod) {
        ended.add(pod);
    }

    /** What this try has bound. */
    Map<Pod, String> bound() {
        return Map.copyOf(bound);
    }

    /** What of that was ended again. */
    Set<Pod> ended() {
        return Set.copyOf(ended);
    }

    /** What to tell the engine. */
    OrderFailedException failure(Throwable error) {
        String why = obstacle.get().isEmpty() ? message(error) : obstacle.get();
        return new OrderFailedException(
                FailureClass.INFRASTRUCTURE, "BindFailed", "the gang could not be bound: " + why, error);
    }

    private static String message(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof KubernetesClientException refusal
                ? ApiAnswer.message(refusal)
                : String.valueOf(cause.getMessage());
    }
}

package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.pod.ClaimState;
import io.mlengine.spi.backend.Fence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Sees to it that volumes are there before pods are bound: a pod without its volumes never starts, and a binding is not
 * refused for that. Where a class makes volumes for the first pod, the chosen node is told to it. Thread-safe.
 */
final class ClaimBinding {
    private final ClusterApi api;
    private final Retries retries;
    private final Duration patience;
    private final Function<String, Optional<SortedMap<String, String>>> labels;

    /**
     * Makes it.
     *
     * @param patience how long volumes may take
     * @param labels the labels of a node, if it is there
     */
    ClaimBinding(
            ClusterApi api,
            Retries retries,
            Duration patience,
            Function<String, Optional<SortedMap<String, String>>> labels) {
        this.api = api;
        this.retries = retries;
        this.patience = patience;
        this.labels = labels;
    }

    /** Whether a pod mounts claims. */
    static boolean concerns(Pod pod) {
        return !ClaimState.names(pod).isEmpty();
    }

    /**
     * Waits for the claims of pods, all in one namespace.
     *
     * @param targets the pods and their nodes
     * @param again which failures may pass
     * @param waits hears what is waited for; of several claims, one at a time
     * @return completes when all volumes are there and can be used on the nodes; fails when not, or not in time
     */
    CompletableFuture<Void> ready(
            Map<Pod, String> targets, Fence fence, Predicate<KubernetesClientException> again, Consumer<String> waits) {
        SortedMap<ClaimBook.Claim, SortedSet<String>> nodes = new TreeMap<>();
        targets.forEach((pod, node) -> ClaimState.names(pod)
                .forEach(name -> nodes.computeIfAbsent(
                                new ClaimBook.Claim(pod.getMetadata().getNamespace(), name), claim -> new TreeSet<>())
                        .add(node)));
        AtomicBoolean isOver = new AtomicBoolean();
        Missing missing = new Missing(new ConcurrentSkipListMap<>(), waits);
        List<CompletableFuture<Boolean>> answers = new ArrayList<>();
        nodes.forEach((claim, where) ->
                answers.add(retries.call(patience, refusal -> again.test(refusal) && !isOver.get(), () -> {
                            check(claim, where, fence, missing);
                            missing.isThere(claim);
                            return true;
                        })
                        // Without one of them, the others need not come.
                        .whenComplete((ready, error) -> isOver.compareAndSet(false, error != null))));
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new));
    }

    private void check(ClaimBook.Claim claim, SortedSet<String> where, Fence fence, Missing missing) {
        ClaimState state = api.claim(claim.namespace(), claim.name());
        state.obstacle().ifPresent(why -> {
            throw missing.of(claim, why.message());
        });
        if (!state.isBound()) {
            // The volume is made for one node; whether the others reach it is seen then.
            String node = where.first();
            if (!state.selectedNode().equals(Optional.of(node))) {
                api.selectNode(claim.namespace(), claim.name(), node, fence);
            }
            throw missing.of(
                    claim, "the claim " + claim.name() + " is not bound to a volume for node " + node + " yet");
        }
        for (String node : where) {
            SortedMap<String, String> known = labels.apply(node).orElse(Collections.emptySortedMap());
            if (!state.allows(known)) {
                throw new CancellationException("the volume of claim " + claim.name() + " cannot be used on node "
                        + node + ", only where " + state.nodes());
            }
        }
    }

    /** What is not there yet. Told is always the first, so that many do not take turns too fast to be heard. */
    private record Missing(ConcurrentSkipListMap<ClaimBook.Claim, String> texts, Consumer<String> waits) {
        KubernetesClientException of(ClaimBook.Claim claim, String text) {
            texts.put(claim, text);
            waits.accept(texts.values().iterator().next());
            return new KubernetesClientException(text);
        }

        void isThere(ClaimBook.Claim claim) {
            texts.remove(claim);
        }
    }
}

package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.pod.PodLaunch;
import io.mlengine.backend.k8s.pod.PodManifests;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.model.AttemptId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Starts replicas: creates the pods of an order, and when all are there gives them their nodes. Thread-safe. */
final class Launches {
    private final PodManifests manifests;
    private final AttemptSecrets secrets;
    private final Attempts attempts;
    private final Replicas replicas;
    private final Creations creations;
    private final ClaimBinding claims;
    private final PodBinder binder;
    private final Executor workers;

    Launches(
            PodManifests manifests,
            AttemptSecrets secrets,
            Attempts attempts,
            Replicas replicas,
            Creations creations,
            ClaimBinding claims,
            PodBinder binder,
            Executor workers) {
        this.manifests = manifests;
        this.secrets = secrets;
        this.attempts = attempts;
        this.replicas = replicas;
        this.creations = creations;
        this.claims = claims;
        this.binder = binder;
        this.workers = workers;
    }

    /** Completes when all pods exist; that they are bound is seen in their reports. */
    CompletableFuture<Void> launch(LaunchOrder order, Attempts.Held held, Fence fence) {
        List<LaunchOrder.Start> fresh = order.replicas().stream()
                .filter(start -> !replicas.tellIfKnown(start.id()))
                .toList();
        fresh.forEach(start -> attempts.rules(start.id(), start.plan().logRules()));
        LaunchOrder rest = new LaunchOrder(order.attempt(), order.job(), fresh, order.stopGrace());
        return CompletableFuture.completedFuture(rest)
                .thenComposeAsync(unused -> create(rest, held, fence), workers)
                .thenRun(() -> bind(order.attempt(), held, fence));
    }

    private CompletableFuture<Void> create(LaunchOrder order, Attempts.Held held, Fence fence) {
        if (order.replicas().isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        PodLaunch launch = PodLaunch.builder()
                .owner(held.owner())
                .order(order)
                .reservation(held.reservation())
                .placement(held.placement())
                .fence(fence.token())
                .attemptSecret(secrets.next())
                .build();
        return creations.create(manifests.of(launch), held.owner(), fence, replicas::changed);
    }

    /** Goes on binding what still waits for its node, also after a restart of the engine. */
    void bind(AttemptId attempt, Attempts.Held held, Fence fence) {
        Map<Pod, String> targets = new LinkedHashMap<>();
        for (Pod pod : replicas.unbound(attempt)) {
            replicas.idOf(pod)
                    .flatMap(id -> held.placement().slot(id.key()))
                    .ifPresent(slot -> targets.put(pod, slot.node()));
        }
        if (targets.keySet().stream().noneMatch(ClaimBinding::concerns)) {
            targets.forEach((pod, node) -> binder.bind(pod, node, fence));
            return;
        }
        // A pod on its node would wait there for the others, whose volumes may never come.
        claims.ready(targets, fence, refusal -> true, text -> {})
                .whenComplete((ready, error) -> targets.forEach((pod, node) -> {
                    if (error == null) {
                        binder.bind(pod, node, fence);
                    } else {
                        binder.failed(pod, node, fence, error);
                    }
                }));
    }
}

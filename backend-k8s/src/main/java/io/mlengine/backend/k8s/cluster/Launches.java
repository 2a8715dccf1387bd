package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.pod.JobObjects;
import io.mlengine.backend.k8s.pod.PodLaunch;
import io.mlengine.backend.k8s.pod.PodManifests;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Starts replicas: creates the pods of an order, and when all are there gives them their nodes. Thread-safe. */
final class Launches {
    private final PodManifests manifests;
    private final AttemptSecrets secrets;
    private final Attempts attempts;
    private final Replicas replicas;
    private final Creations creations;
    private final PodBinder binder;
    private final CodeCommits codes;
    private final JobNotes notes;
    private final Executor workers;

    Launches(
            PodManifests manifests,
            AttemptSecrets secrets,
            Attempts attempts,
            Replicas replicas,
            Creations creations,
            PodBinder binder,
            CodeCommits codes,
            JobNotes notes,
            Executor workers) {
        this.manifests = manifests;
        this.secrets = secrets;
        this.attempts = attempts;
        this.replicas = replicas;
        this.creations = creations;
        this.binder = binder;
        this.codes = codes;
        this.notes = notes;
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
                .codeCommit(codes.commit(order.attempt()))
                .build();
        JobObjects objects = manifests.of(launch);
        return creations
                .create(objects, held.owner(), fence, replicas::changed)
                .thenRun(
                        () -> objects.notes().forEach(note -> notes.tell(held.owner(), order.attempt(), "Note", note)));
    }

    /** Goes on binding what still waits for its node, also after a restart of the engine. */
    void bind(AttemptId attempt, Attempts.Held held, Fence fence) {
        CodeTurns turns = codes.turns(attempt);
        for (Pod pod : replicas.unbound(attempt)) {
            replicas.idOf(pod).ifPresent(id -> bind(pod, id, turns, held, fence));
        }
    }

    private void bind(Pod pod, ReplicaId id, CodeTurns turns, Attempts.Held held, Fence fence) {
        Optional<Placement.Slot> slot = held.placement().slot(id.key());
        Optional<Map<String, String>> turn = turns.turn(id, pod);
        if (slot.isPresent() && turn.isPresent()) {
            binder.bind(pod, slot.get().node(), turn.get(), fence);
        }
    }
}

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
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
    private final ClaimBinding claims;
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
            ClaimBinding claims,
            PodBinder binder,
            CodeCommits codes,
            JobNotes notes,
            Executor workers) {
        this.manifests = manifests;
        this.secrets = secrets;
        this.attempts = attempts;
        this.replicas = replicas;
        this.creations = creations;
        this.claims = claims;
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

    /** A pod whose turn it is, its node, and what it gets together with that. */
    private record Turn(Pod pod, String node, Map<String, String> annotations) {}

    /** Goes on binding what still waits for its node, also after a restart of the engine. */
    void bind(AttemptId attempt, Attempts.Held held, Fence fence) {
        List<Turn> turns = turns(attempt, held);
        if (turns.stream().noneMatch(turn -> ClaimBinding.concerns(turn.pod()))) {
            turns.forEach(turn -> bind(turn, fence));
            return;
        }
        Map<Pod, String> targets = new LinkedHashMap<>();
        turns.forEach(turn -> targets.put(turn.pod(), turn.node()));
        // A pod on its node would wait there for the others, whose volumes may never come.
        claims.ready(targets, fence, refusal -> true, text -> {})
                .whenComplete((ready, error) -> turns.forEach(turn -> {
                    if (error == null) {
                        bind(turn, fence);
                    } else {
                        binder.failed(turn.pod(), turn.node(), fence, error);
                    }
                }));
    }

    private void bind(Turn turn, Fence fence) {
        binder.bind(turn.pod(), turn.node(), turn.annotations(), fence);
    }

    private List<Turn> turns(AttemptId attempt, Attempts.Held held) {
        CodeTurns order = codes.turns(attempt);
        List<Turn> turns = new ArrayList<>();
        for (Pod pod : replicas.unbound(attempt)) {
            replicas.idOf(pod).ifPresent(id -> turn(pod, id, order, held).ifPresent(turns::add));
        }
        return turns;
    }

    private static Optional<Turn> turn(Pod pod, ReplicaId id, CodeTurns order, Attempts.Held held) {
        Optional<Placement.Slot> slot = held.placement().slot(id.key());
        return order.turn(id, pod).flatMap(annotations -> slot.map(place -> new Turn(pod, place.node(), annotations)));
    }
}

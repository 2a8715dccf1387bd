package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.pod.ForeignGang;
import io.mlengine.spi.backend.ExternalPlaces;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.OrderFailedException;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Carries out what the engine orders for gangs of others. Thread-safe. */
final class GangPlaces implements ExternalPlaces {
    private final ForeignGangs gangs;
    private final Bindings bindings;
    private final ClaimBinding claims;
    private final GangUndo undo;
    private final Evictions evictions;
    private final WaitNotes notes;
    private final ClusterApi api;
    private final Retries retries;
    private final Function<String, Optional<Node>> nodes;
    private final Map<JobId, GangPlacing> underWay = new ConcurrentHashMap<>();

    /**
     * Makes it.
     *
     * @param nodes the nodes as they are known now
     */
    GangPlaces(
            ForeignGangs gangs,
            Bindings bindings,
            ClaimBinding claims,
            Evictions evictions,
            WaitNotes notes,
            ClusterApi api,
            Retries retries,
            Function<String, Optional<Node>> nodes) {
        this.gangs = gangs;
        this.bindings = bindings;
        this.claims = claims;
        this.undo = new GangUndo(api, retries, bindings);
        this.evictions = evictions;
        this.notes = notes;
        this.api = api;
        this.retries = retries;
        this.nodes = nodes;
    }

    @Override
    public CompletableFuture<Void> place(JobId gang, SortedMap<String, String> places, Fence fence) {
        Map<Pod, String> targets = new LinkedHashMap<>();
        for (Map.Entry<String, String> place : places.entrySet()) {
            Optional<Pod> pod = gangs.waiting(gang, place.getKey());
            if (pod.isEmpty()) {
                return failed("MemberGone", "the pod " + place.getKey() + " does not wait any more");
            }
            targets.put(pod.get(), place.getValue());
        }
        GangPlacing placing =
                new GangPlacing(targets, bindings, claims, why -> waits(gang, why, fence), api, retries, nodes, fence);
        if (underWay.putIfAbsent(gang, placing) != null) {
            return failed("Busy", "other members of the gang are being placed");
        }
        gangs.name(gang).ifPresent(notes::forget);
        return placing.run()
                .handle((done, error) -> Optional.ofNullable(error))
                .whenComplete((done, error) -> gangs.name(gang).ifPresent(notes::forget))
                .thenCompose(error -> error.map(why -> undone(placing, why, fence))
                        .orElseGet(() -> CompletableFuture.completedFuture(null)))
                .whenComplete((done, error) -> {
                    underWay.remove(gang, placing);
                    gangs.ordered(gang, placing.bound(), placing.ended());
                });
    }

    private CompletableFuture<Void> undone(GangPlacing placing, Throwable why, Fence fence) {
        return undo.undo(placing, fence).thenCompose(unused -> CompletableFuture.failedFuture(placing.failure(why)));
    }

    @Override
    public CompletableFuture<Void> evict(JobId gang, String reason, Fence fence) {
        Optional.ofNullable(underWay.get(gang)).ifPresent(GangPlacing::abandon);
        return leave(gang, gangs.placed(gang), reason, fence);
    }

    @Override
    public CompletableFuture<Void> retreat(JobId gang, String reason, Fence fence) {
        List<Pod> madeAgain =
                gangs.placed(gang).stream().filter(ForeignGang::isMadeAgain).toList();
        return leave(gang, madeAgain, reason, fence);
    }

    private CompletableFuture<Void> leave(JobId gang, List<Pod> pods, String reason, Fence fence) {
        return evictions.evict(pods, reason, fence).thenRun(() -> gangs.ordered(gang, Map.of(), pods));
    }

    @Override
    public void waits(JobId gang, String reason, Fence fence) {
        gangs.name(gang).ifPresent(name -> notes.waits(name, "Unschedulable", reason));
    }

    private static CompletableFuture<Void> failed(String reason, String message) {
        return CompletableFuture.failedFuture(
                new OrderFailedException(FailureClass.INFRASTRUCTURE, reason, message, null));
    }
}

package io.mlengine.testkit.cluster;

import io.mlengine.core.scheduling.ClusterState;
import io.mlengine.core.scheduling.Gang;
import io.mlengine.core.scheduling.PendingGang;
import io.mlengine.core.scheduling.Plan;
import io.mlengine.core.scheduling.RunningGang;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What becomes of a cluster when plans are carried out and nothing else happens. */
public final class ClusterChanges {
    private ClusterChanges() {}

    /**
     * Carries out a plan: what starts runs, what is evicted drains.
     *
     * @param state the state that the plan was made for
     * @param plan the plan
     * @return the state after it
     */
    public static ClusterState apply(ClusterState state, Plan plan) {
        SortedMap<JobId, Placement> starts = new TreeMap<>();
        plan.starts().forEach(start -> starts.put(start.job(), start.placement()));
        SortedMap<JobId, Placement> resizes = new TreeMap<>();
        plan.resizes().forEach(resize -> resizes.put(resize.job(), resize.placement()));
        SortedSet<JobId> victims = new TreeSet<>();
        plan.evictions().forEach(eviction -> victims.add(eviction.victim()));
        List<RunningGang> running = new ArrayList<>();
        for (RunningGang gang : state.running()) {
            running.add(RunningGang.builder()
                    .from((Gang) gang)
                    .grantedAt(gang.grantedAt())
                    .placement(resizes.getOrDefault(gang.id(), gang.placement()))
                    .draining(gang.draining() || victims.contains(gang.id()))
                    .build());
        }
        List<PendingGang> pending = new ArrayList<>();
        for (PendingGang gang : state.pending()) {
            Placement placement = starts.get(gang.id());
            if (placement == null) {
                pending.add(gang);
            } else {
                running.add(RunningGang.builder()
                        .from((Gang) gang)
                        .grantedAt(state.now())
                        .placement(placement)
                        .build());
            }
        }
        return ClusterState.builder()
                .from(with(state, running, pending))
                .earmarks(plan.earmarks())
                .build();
    }

    /**
     * Lets everything that drains come to its end.
     *
     * @param state the state
     * @param victims jobs that were evicted, and go back to their queues; the others are over
     * @return the state in which nothing drains
     */
    public static ClusterState drain(ClusterState state, Set<JobId> victims) {
        List<RunningGang> running = new ArrayList<>();
        List<PendingGang> pending = new ArrayList<>(state.pending());
        for (RunningGang gang : state.running()) {
            if (!gang.draining()) {
                running.add(gang);
            } else if (victims.contains(gang.id())) {
                pending.add(PendingGang.builder().from((Gang) gang).build());
            }
        }
        return with(state, running, pending);
    }

    /**
     * The same nodes and queues with other gangs.
     *
     * @param state the state
     * @param running what shall run
     * @param pending what shall wait
     * @return the state, one version later
     */
    public static ClusterState with(ClusterState state, List<RunningGang> running, List<PendingGang> pending) {
        return ClusterState.builder()
                .version(state.version() + 1)
                .now(state.now())
                .nodes(state.nodes())
                .queues(state.queues())
                .earmarks(state.earmarks())
                .running(running)
                .pending(pending)
                .build();
    }
}

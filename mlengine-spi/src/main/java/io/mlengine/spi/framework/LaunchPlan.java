package io.mlengine.spi.framework;

import io.mlengine.spi.model.ReplicaKey;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the replicas of one attempt run.
 *
 * @param replicas one entry a replica, sorted by key
 * @param notes remarks for the job's events, such as a default that was chosen; launchers do not log
 */
public record LaunchPlan(List<ReplicaPlan> replicas, List<String> notes) {
    /** Copies and sorts. */
    public LaunchPlan {
        replicas = replicas.stream()
                .sorted(java.util.Comparator.comparing(ReplicaPlan::key))
                .toList();
        notes = List.copyOf(notes);
    }

    /**
     * Plans each member with one function.
     *
     * @param view the members
     * @param each gives a member's plan
     * @return the plan, without notes
     */
    public static LaunchPlan of(ClusterView view, Function<ClusterView.Member, ReplicaPlan> each) {
        return new LaunchPlan(view.members().stream().map(each).toList(), List.of());
    }

    /**
     * Finds a replica's plan.
     *
     * @param key role and index
     * @return the plan, or empty
     */
    public Optional<ReplicaPlan> replica(ReplicaKey key) {
        return replicas.stream().filter(plan -> plan.key().equals(key)).findFirst();
    }
}

package io.mlengine.core.scheduling;

import java.util.Comparator;

/**
 * Higher priority first, then order of submission, over all queues. While a job does not fit, others that do may go; but
 * it may evict: running jobs of strictly lower priority that are preemptible, of any queue, are stopped, as whole gangs
 * and no more of them than needed, when that certainly lets it start within its queue's limits. The room is kept for it.
 */
public final class PriorityPolicy implements SchedulingPolicy {
    private static final Pass.Rules RULES = new Pass.Rules(
            Comparator.comparingInt(Gang::priority).reversed().thenComparingLong(Gang::sequence), false, true);

    @Override
    public Plan decide(ClusterState state, Budget budget) {
        return Pass.run(state, budget, RULES);
    }

    @Override
    public String name() {
        return "priority";
    }
}

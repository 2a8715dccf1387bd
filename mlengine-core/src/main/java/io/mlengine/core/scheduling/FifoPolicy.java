package io.mlengine.core.scheduling;

import java.util.Comparator;

/**
 * Strict order of submission. Nobody overtakes a job of the same queue that waits for the same kinds of resources; jobs
 * that ask for nothing that it waits for may, and queues do not wait for each other. A job that can never run here and
 * one that backs off hold nobody up. Never evicts.
 */
public final class FifoPolicy implements SchedulingPolicy {
    private static final Pass.Rules RULES = new Pass.Rules(Comparator.comparingLong(Gang::sequence), true, false);

    @Override
    public Plan decide(ClusterState state, Budget budget) {
        return Pass.run(state, budget, RULES);
    }

    @Override
    public String name() {
        return "fifo";
    }
}

package io.mlengine.core.scheduling;

/**
 * Decides which jobs start, where, and at whose cost.
 *
 * <p>A policy is a pure function: it keeps nothing between calls, reads no clock and rolls no dice, and its plan does
 * not depend on the order of the state's lists. The engine calls it on its loop after every change, applies the plan as
 * a whole when its own state still has the plan's version, and otherwise throws the plan away. After a policy's plan has
 * been applied, and with nothing else happening, deciding again starts and evicts nothing.
 *
 * <p>The laws that every policy must hold are {@code io.mlengine.testkit.contract.SchedulingPolicyContract}; extend it
 * for a policy of your own.
 */
public interface SchedulingPolicy {
    /**
     * Decides.
     *
     * @param state what is there, what runs and what waits
     * @param budget where to stop
     * @return the plan; each waiting job that it does not start has an entry in {@link Plan#waits()}
     */
    Plan decide(ClusterState state, Budget budget);

    /**
     * Name for configuration and reports.
     *
     * @return a lower-case word, for example {@code fifo}
     */
    String name();
}

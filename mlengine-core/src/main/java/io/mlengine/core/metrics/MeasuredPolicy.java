package io.mlengine.core.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.mlengine.core.scheduling.Budget;
import io.mlengine.core.scheduling.ClusterState;
import io.mlengine.core.scheduling.Plan;
import io.mlengine.core.scheduling.SchedulingPolicy;
import java.time.Duration;

/** Another policy, measured: how long its decisions take and what they are. Give it to the engine in the other's place. */
public final class MeasuredPolicy implements SchedulingPolicy {
    private final SchedulingPolicy policy;
    private final Timer cycles;
    private final Counter starts;
    private final Counter evictions;
    private final Counter resizes;

    /**
     * Measures a policy.
     *
     * @param policy decides
     * @param registry takes the meters
     */
    public MeasuredPolicy(SchedulingPolicy policy, MeterRegistry registry) {
        this.policy = policy;
        this.cycles = Timer.builder("mlengine.scheduling.cycle.time")
                .description("time of one scheduling decision over the whole cluster")
                .tag("policy", policy.name())
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(5),
                        Duration.ofMillis(25),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2))
                .register(registry);
        this.starts = decisions("start", registry);
        this.evictions = decisions("evict", registry);
        this.resizes = decisions("resize", registry);
    }

    private static Counter decisions(String kind, MeterRegistry registry) {
        return Counter.builder("mlengine.scheduling.decisions")
                .description("gangs that were started, evicted or resized by the scheduler")
                .tag("kind", kind)
                .register(registry);
    }

    @Override
    public Plan decide(ClusterState state, Budget budget) {
        Timer.Sample begun = Timer.start();
        try {
            Plan plan = policy.decide(state, budget);
            starts.increment(plan.starts().size());
            evictions.increment(plan.evictions().size());
            resizes.increment(plan.resizes().size());
            return plan;
        } finally {
            begun.stop(cycles);
        }
    }

    @Override
    public String name() {
        return policy.name();
    }
}

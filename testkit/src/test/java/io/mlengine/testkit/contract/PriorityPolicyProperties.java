package io.mlengine.testkit.contract;

import io.mlengine.core.scheduling.Gang;
import io.mlengine.core.scheduling.PriorityPolicy;
import io.mlengine.core.scheduling.SchedulingPolicy;
import java.util.Comparator;

class PriorityPolicyProperties extends SchedulingPolicyContract {
    @Override
    protected SchedulingPolicy policy() {
        return new PriorityPolicy();
    }

    @Override
    protected Comparator<Gang> order() {
        return Comparator.comparingInt(Gang::priority).reversed().thenComparingLong(Gang::sequence);
    }
}

package io.mlengine.testkit.contract;

import io.mlengine.core.scheduling.FifoPolicy;
import io.mlengine.core.scheduling.Gang;
import io.mlengine.core.scheduling.SchedulingPolicy;
import java.util.Comparator;

class FifoPolicyProperties extends SchedulingPolicyContract {
    @Override
    protected SchedulingPolicy policy() {
        return new FifoPolicy();
    }

    @Override
    protected Comparator<Gang> order() {
        return Comparator.comparingLong(Gang::sequence);
    }
}

package io.mlengine.testkit.arbitrary;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.scheduling.BlockingReason;
import io.mlengine.core.scheduling.Budget;
import io.mlengine.core.scheduling.ClusterState;
import io.mlengine.core.scheduling.Plan;
import io.mlengine.core.scheduling.PriorityPolicy;
import io.mlengine.core.scheduling.Wait;
import io.mlengine.testkit.cluster.ClusterLedger;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

class ClusterStatesProperties {
    @Provide
    Arbitrary<ClusterState> states() {
        return ClusterStates.small();
    }

    @Property(tries = 300)
    void whatRunsIsWithinWhatThereIs(@ForAll("states") ClusterState state) {
        assertThat(ClusterLedger.of(state).problems()).isEmpty();
    }

    /** A law that is never put to the test holds too; so each kind of decision and reason must come up. */
    // The seed is fixed because the shares of rare decisions differ from one sample to the next.
    @Property(tries = 2000, seed = "20261123")
    void everyKindOfDecisionComesUp(@ForAll("states") ClusterState state) {
        Plan plan = new PriorityPolicy().decide(state, Budget.UNLIMITED);
        collect("starts", !plan.starts().isEmpty(), 10);
        collect("evictions", !plan.evictions().isEmpty(), 2);
        collect("earmarks", !plan.earmarks().isEmpty(), 3);
        collect("resizes", !plan.resizes().isEmpty(), 2);
        collect("limits", isThere(plan, BlockingReason.Code.QUEUE_LIMIT), 1);
        collect("domains", isThere(plan, BlockingReason.Code.NO_ROOM_IN_ONE_DOMAIN), 0.3);
        collect("pieces", isThere(plan, BlockingReason.Code.FRAGMENTED), 0.3);
        collect("sums", isThere(plan, BlockingReason.Code.NO_ROOM), 1);
        collect("nodes", isThere(plan, BlockingReason.Code.NO_ROOM_ON_ONE_NODE), 1);
        collect("places", isShort(plan, ClusterStates.PLACES), 1);
        collect("kept", isThere(plan, BlockingReason.Code.EARMARKED), 0.3);
        collect("refused", isThere(plan, BlockingReason.Code.NODES_REFUSE), 0.3);
        collect("never allowed", isRefusedForEver(plan), 1);
        collect(
                "several",
                plan.waits().values().stream()
                        .anyMatch(wait -> !wait.isImpossible() && wait.reasons().size() > 1),
                0.3);
    }

    private static void collect(String label, boolean isThere, double leastPercentage) {
        Statistics.label(label)
                .collect(isThere)
                .coverage(check -> check.check(true).percentage(percentage -> percentage > leastPercentage));
    }

    private static boolean isRefusedForEver(Plan plan) {
        return plan.waits().values().stream()
                .anyMatch(wait -> wait.isImpossible()
                        && wait.reasons().stream()
                                .anyMatch(reason -> !reason.refusals().isEmpty()));
    }

    private static boolean isShort(Plan plan, String dimension) {
        return plan.waits().values().stream()
                .map(Wait::reasons)
                .anyMatch(reasons ->
                        reasons.stream().anyMatch(reason -> reason.dimension().equals(dimension)));
    }

    private static boolean isThere(Plan plan, BlockingReason.Code code) {
        return plan.waits().values().stream()
                .map(Wait::reasons)
                .anyMatch(reasons -> reasons.stream().anyMatch(reason -> reason.code() == code));
    }
}

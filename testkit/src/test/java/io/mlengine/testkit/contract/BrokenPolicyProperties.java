package io.mlengine.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.scheduling.Budget;
import io.mlengine.core.scheduling.ClusterState;
import io.mlengine.core.scheduling.Gang;
import io.mlengine.core.scheduling.Plan;
import io.mlengine.core.scheduling.PriorityPolicy;
import io.mlengine.core.scheduling.SchedulingPolicy;
import io.mlengine.spi.model.Node;
import io.mlengine.testkit.arbitrary.ClusterStates;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

/** A law that no policy can break says nothing; these policies break some. */
class BrokenPolicyProperties {
    /** The laws of a policy that decides as {@link PriorityPolicy} would, were the cluster another one. */
    private static final class Laws extends SchedulingPolicyContract {
        private final UnaryOperator<ClusterState> view;

        Laws(UnaryOperator<ClusterState> view) {
            this.view = view;
        }

        @Override
        protected SchedulingPolicy policy() {
            return new SchedulingPolicy() {
                @Override
                public Plan decide(ClusterState state, Budget budget) {
                    return new PriorityPolicy().decide(view.apply(state), budget);
                }

                @Override
                public String name() {
                    return "broken";
                }
            };
        }

        @Override
        protected Comparator<Gang> order() {
            return Comparator.comparingInt(Gang::priority).reversed().thenComparingLong(Gang::sequence);
        }

        boolean isBroken(BiConsumer<Laws, ClusterState> law, ClusterState state) {
            try {
                law.accept(this, state);
                return false;
            } catch (AssertionError caught) {
                return true;
            }
        }
    }

    @Provide
    Arbitrary<ClusterState> states() {
        return ClusterStates.small();
    }

    private static ClusterState nodes(ClusterState state, UnaryOperator<Node> change) {
        List<Node> nodes = new ArrayList<>();
        state.nodes().forEach(node -> nodes.add(change.apply(node)));
        return ClusterState.builder().from(state).nodes(nodes).build();
    }

    private static Node withoutPlaces(Node node) {
        return Node.builder().from(node).perReplica(Set.of()).build();
    }

    /** As if each replica took two. */
    private static Node withHalfThePlaces(Node node) {
        Node.Builder half = Node.builder().from(node);
        node.perReplica().forEach(name -> half.putExtended(name, node.extended().getOrDefault(name, 0L) / 2));
        return half.build();
    }

    private static void collect(ClusterState state, boolean isCaught, double leastPercentage) {
        boolean isLimited =
                state.nodes().stream().anyMatch(node -> !node.perReplica().isEmpty());
        if (isCaught) {
            assertThat(isLimited).as("caught because of what it breaks").isTrue();
        }
        Statistics.label("caught")
                .collect(isCaught)
                .coverage(check -> check.check(true).percentage(percentage -> percentage > leastPercentage));
    }

    @Property(tries = 500, seed = "20261126")
    void aPolicyThatOverfillsNodesWithReplicasIsCaught(@ForAll("states") ClusterState state) {
        Laws laws = new Laws(seen -> nodes(seen, BrokenPolicyProperties::withoutPlaces));
        collect(state, laws.isBroken(Laws::nothingIsGivenTwiceOrBeyondWhatThereIs, state), 2);
    }

    @Property(tries = 500, seed = "20261126")
    void aPolicyThatLeavesPlacesForReplicasEmptyIsCaught(@ForAll("states") ClusterState state) {
        Laws laws = new Laws(seen -> nodes(seen, BrokenPolicyProperties::withHalfThePlaces));
        collect(state, laws.isBroken(Laws::nobodyWaitsForRoomWhoFits, state), 1);
    }
}

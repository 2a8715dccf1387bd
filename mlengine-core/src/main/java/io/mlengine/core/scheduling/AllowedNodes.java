package io.mlengine.core.scheduling;

import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.NodeConstraints;
import java.util.BitSet;
import java.util.List;

/**
 * On which nodes of one state a kind of replica may be placed, by labels and taints alone. Worked out once for
 * constraints; those that refuse no node share one instance, so that they make no kinds of their own.
 */
final class AllowedNodes {
    private final NodeConstraints constraints;
    private final BitSet numbers;

    private AllowedNodes(NodeConstraints constraints, BitSet numbers) {
        this.constraints = constraints;
        this.numbers = numbers;
    }

    /** All of so many nodes. */
    static AllowedNodes all(int count) {
        BitSet numbers = new BitSet(count);
        numbers.set(0, count);
        return new AllowedNodes(NodeConstraints.NONE, numbers);
    }

    /** Those that constraints do not refuse; {@code all} when they refuse none. */
    static AllowedNodes by(NodeConstraints constraints, List<Node> nodesByName, AllowedNodes all) {
        BitSet numbers = new BitSet(nodesByName.size());
        for (int i = 0; i < nodesByName.size(); i++) {
            numbers.set(i, constraints.refusal(nodesByName.get(i)).isEmpty());
        }
        return numbers.equals(all.numbers) ? all : new AllowedNodes(constraints, numbers);
    }

    /** Whether a node is one of them. */
    boolean include(int number) {
        return numbers.get(number);
    }

    int count() {
        return numbers.cardinality();
    }

    boolean meet(AllowedNodes other) {
        return numbers.intersects(other.numbers);
    }

    /** What they were worked out from. */
    NodeConstraints constraints() {
        return constraints;
    }
}

package io.mlengine.spi.model;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.immutables.value.Value;

/** Which nodes a replica may be placed on, in the terms of Kubernetes. */
@ModelStyle
@Value.Immutable
public interface NodeConstraints {
    /** Any node without taints. */
    NodeConstraints NONE = builder().build();

    /**
     * Labels that the node must have.
     *
     * @return key to value
     */
    @Value.NaturalOrder
    SortedMap<String, String> selector();

    /**
     * Taints that do not matter.
     *
     * @return the tolerations
     */
    List<Toleration> tolerations();

    /**
     * Alternatives, one of which the node must meet whole; an alternative without requirements is met by no node.
     *
     * @return lists of requirements, empty when any node will do
     */
    List<List<NodeRequirement>> anyOf();

    /**
     * Says why a node will not do. Pure; equal for equal labels and taints. Whether the node is schedulable and has room
     * is not looked at.
     *
     * @param node the node
     * @return a short phrase such as {@code untolerated taint gpu=true:NoSchedule}, or empty when it will do
     */
    default Optional<String> refusal(Node node) {
        return NodeRefusal.of(this, node);
    }

    /**
     * Starts constraints.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds {@link NodeConstraints}. */
    final class Builder extends ImmutableNodeConstraints.Builder {
        /**
         * Demands a label.
         *
         * @param key the label
         * @param value what it must be
         * @return this
         */
        public Builder selector(String key, String value) {
            return putSelector(key, value);
        }
    }
}

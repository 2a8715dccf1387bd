package io.mlengine.core.scheduling;

import java.util.List;

/**
 * How many replicas of each kind go to which node.
 *
 * @param shares nodes that get any, in the order in which they were chosen
 */
record Packing(List<Share> shares) {
    /**
     * One node's part.
     *
     * @param node the node
     * @param counts replicas of each kind
     */
    record Share(NodeRoom node, int[] counts) {}
}

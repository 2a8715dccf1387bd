package io.mlengine.core.scheduling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts why nodes do not take the replicas of a kind. */
final class Refusals {
    private static final String CLOSED = "takes no new replicas";
    private static final String FULL = "no room for a replica";
    private static final Comparator<BlockingReason.Refusal> MOST_FIRST = Comparator.comparingInt(
                    BlockingReason.Refusal::nodes)
            .reversed()
            .thenComparing(BlockingReason.Refusal::why);

    private Refusals() {}

    static BlockingReason of(GangNeed need, int kind, Room room) {
        Demand demand = need.kinds().get(kind);
        SortedMap<String, Integer> counts = new TreeMap<>();
        for (NodeRoom node : room.nodes()) {
            String why = why(demand, node);
            if (!why.isEmpty()) {
                counts.merge(why, 1, Integer::sum);
            }
        }
        List<BlockingReason.Refusal> refusals = new ArrayList<>();
        counts.forEach((why, nodes) -> refusals.add(new BlockingReason.Refusal(nodes, why)));
        refusals.sort(MOST_FIRST);
        String roles = need.kinds().size() == 1 ? "" : need.names(kind);
        return new BlockingReason(BlockingReason.Code.NODES_REFUSE, "", 0, 0, 0, roles, List.of(), refusals);
    }

    private static String why(Demand demand, NodeRoom node) {
        if (!demand.nodes().include(node.number())) {
            return demand.nodes().constraints().refusal(node.node()).orElseThrow();
        }
        if (!node.isOpen()) {
            return CLOSED;
        }
        return node.fits(demand, 1) == 0 ? FULL : "";
    }
}

package io.mlengine.core.scheduling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packs replicas onto nodes, all or nothing: on few nodes, and on those that are left with least.
 *
 * <p>One kind of replica: exact, O(nodes · log nodes). Several kinds: first greedily, the one that is hardest to place
 * first, O(kinds · nodes · log nodes); where that fails, {@link ExactPacking} looks everywhere within its budget.
 */
final class Packer {
    private final Steps steps;

    Packer(Steps steps) {
        this.steps = steps;
    }

    /** How many replicas of one kind would go to a node at most. */
    private record Capacity(NodeRoom node, int replicas) {}

    /** Packs, or returns null when no packing exists or the steps have run out. */
    @Nullable
    Packing pack(List<NodeRoom> nodes, List<Demand> kinds, int[] counts) {
        int used = -1;
        int different = 0;
        for (int s = 0; s < counts.length; s++) {
            if (counts[s] > 0) {
                used = s;
                different++;
            }
        }
        if (different == 0) {
            return new Packing(List.of());
        }
        int[][] shares = new int[nodes.size()][];
        List<NodeRoom> chosen = new ArrayList<>();
        if (different == 1) {
            return spread(nodes, kinds, counts.length, used, counts[used], shares, chosen)
                    ? packing(nodes, shares, chosen)
                    : null;
        }
        for (int s = 0; s < counts.length; s++) {
            if (total(nodes, kinds.get(s), counts[s]) < counts[s]) {
                return null;
            }
        }
        if (nodes.size() == 1) {
            return nodes.get(0).fits(kinds, counts)
                    ? new Packing(List.of(new Packing.Share(nodes.get(0), counts.clone())))
                    : null;
        }
        if (onOneNode(nodes, kinds, counts, shares, chosen) || greedily(nodes, kinds, counts, shares, chosen)) {
            return packing(nodes, shares, chosen);
        }
        return new ExactPacking(nodes, kinds, counts, steps).find();
    }

    private static int total(List<NodeRoom> nodes, Demand kind, int wanted) {
        int total = 0;
        for (int n = 0; n < nodes.size() && total < wanted; n++) {
            total += nodes.get(n).fits(kind, wanted - total);
        }
        return total;
    }

    private static boolean onOneNode(
            List<NodeRoom> nodes, List<Demand> kinds, int[] counts, int[][] shares, List<NodeRoom> chosen) {
        int best = -1;
        for (int n = 0; n < nodes.size(); n++) {
            if ((best < 0 || compareLeftover(nodes.get(n), nodes.get(best)) < 0)
                    && nodes.get(n).fits(kinds, counts)) {
                best = n;
            }
        }
        if (best >= 0) {
            shares[best] = counts.clone();
            chosen.add(nodes.get(best));
        }
        return best >= 0;
    }

    private static boolean greedily(
            List<NodeRoom> nodes, List<Demand> kinds, int[] counts, int[][] shares, List<NodeRoom> chosen) {
        List<Integer> hardestFirst = new ArrayList<>();
        for (int s = 0; s < counts.length; s++) {
            hardestFirst.add(s);
        }
        // Who has fewest nodes to choose from goes first, or others would take them.
        hardestFirst.sort(
                Comparator.comparingInt((Integer s) -> -kinds.get(s).nodes().count())
                        .thenComparingInt(s -> kinds.get(s).gpus())
                        .thenComparingLong(s -> kinds.get(s).amount(Layout.MEMORY))
                        .thenComparingLong(s -> kinds.get(s).amount(Layout.CPU))
                        .reversed());
        for (int s : hardestFirst) {
            if (counts[s] > 0 && !spread(nodes, kinds, counts.length, s, counts[s], shares, chosen)) {
                return false;
            }
        }
        return true;
    }

    /** Adds the replicas of one kind to the shares. */
    private static boolean spread(
            List<NodeRoom> nodes,
            List<Demand> kinds,
            int width,
            int kind,
            int wanted,
            int[][] shares,
            List<NodeRoom> chosen) {
        List<Capacity> capacities = new ArrayList<>();
        long total = 0;
        for (int n = 0; n < nodes.size(); n++) {
            int fits = fits(nodes.get(n), kinds, width, kind, wanted, shares[n]);
            if (fits > 0) {
                capacities.add(new Capacity(nodes.get(n), fits));
                total += fits;
            }
        }
        if (total < wanted) {
            return false;
        }
        Comparator<Capacity> largestFirst =
                Comparator.comparingInt(Capacity::replicas).reversed();
        capacities.sort(largestFirst.thenComparing(Capacity::node, Packer::compareLeftover));
        int left = wanted;
        for (int i = 0; left > 0; i++) {
            Capacity next = capacities.get(i);
            if (next.replicas() >= left) {
                next = tightest(capacities, i, left);
            }
            int added = Math.min(left, next.replicas());
            int at = position(nodes, next.node());
            if (shares[at] == null) {
                shares[at] = new int[width];
                chosen.add(next.node());
            }
            shares[at][kind] += added;
            left -= added;
        }
        return true;
    }

    /** The node that holds the rest and is left with least. */
    private static Capacity tightest(List<Capacity> capacities, int from, int left) {
        Capacity best = capacities.get(from);
        for (int i = from + 1; i < capacities.size() && capacities.get(i).replicas() >= left; i++) {
            if (capacities.get(i).replicas() < best.replicas()) {
                best = capacities.get(i);
            }
        }
        return best;
    }

    private static int fits(
            NodeRoom node, List<Demand> kinds, int width, int kind, int wanted, int @Nullable [] share) {
        int most = node.fits(kinds.get(kind), wanted);
        if (share == null || most == 0) {
            return most;
        }
        int[] counts = share.clone();
        int low = 0;
        while (low < most) {
            int middle = low + (most - low + 1) / 2;
            counts[kind] = share[kind] + middle;
            if (node.fits(kinds, counts)) {
                low = middle;
            } else {
                most = middle - 1;
            }
        }
        return low;
    }

    /** Fewer free devices first, then less free CPU and memory, then the name. */
    static int compareLeftover(NodeRoom one, NodeRoom other) {
        int result = Integer.compare(one.freeDevices(), other.freeDevices());
        if (result == 0) {
            result = Long.compare(one.free(Layout.CPU), other.free(Layout.CPU));
        }
        if (result == 0) {
            result = Long.compare(one.free(Layout.MEMORY), other.free(Layout.MEMORY));
        }
        return result != 0 ? result : Integer.compare(one.number(), other.number());
    }

    private static int position(List<NodeRoom> nodes, NodeRoom node) {
        int low = 0;
        int high = nodes.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (nodes.get(middle).number() < node.number()) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static Packing packing(List<NodeRoom> nodes, int[][] shares, List<NodeRoom> chosen) {
        List<Packing.Share> parts = new ArrayList<>(chosen.size());
        for (NodeRoom node : chosen) {
            parts.add(new Packing.Share(node, shares[position(nodes, node)]));
        }
        return new Packing(parts);
    }
}

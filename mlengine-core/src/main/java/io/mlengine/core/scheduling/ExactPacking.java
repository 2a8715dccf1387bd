package io.mlengine.core.scheduling;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds a packing whenever there is one. Goes through the nodes and keeps every number of replicas that can be left
 * over so far; each such remainder is kept once, so the cost is nodes · remainders · ways to fill a node, and the number
 * of remainders is the product of the kinds' counts. Meant for gangs of a few kinds; ends when the steps run out.
 */
final class ExactPacking {
    private final List<NodeRoom> nodes;
    private final List<Demand> kinds;
    private final Steps steps;
    private final Map<Remainder, Reached> reached = new LinkedHashMap<>();
    private final Remainder all;
    private final Remainder none;

    /** Replicas of each kind that are not placed yet. */
    private record Remainder(List<Integer> counts) {
        static Remainder of(int[] counts) {
            List<Integer> list = new ArrayList<>(counts.length);
            for (int count : counts) {
                list.add(count);
            }
            return new Remainder(list);
        }

        int[] toArray() {
            int[] array = new int[counts.size()];
            for (int i = 0; i < array.length; i++) {
                array[i] = counts.get(i);
            }
            return array;
        }
    }

    /**
     * How a remainder came about.
     *
     * @param before the remainder before the node was filled
     * @param node the node
     * @param counts what was put on it
     */
    private record Reached(Remainder before, NodeRoom node, int[] counts) {}

    ExactPacking(List<NodeRoom> nodes, List<Demand> kinds, int[] counts, Steps steps) {
        this.nodes = nodes;
        this.kinds = kinds;
        this.steps = steps;
        this.all = Remainder.of(counts);
        this.none = Remainder.of(new int[counts.length]);
    }

    /** Searches; null when there is no packing, or when the steps have run out. */
    @Nullable
    Packing find() {
        List<Remainder> remainders = new ArrayList<>(List.of(all));
        for (NodeRoom node : nodes) {
            // Remainders that this node adds are not filled up from it again.
            int before = remainders.size();
            for (int i = 0; i < before; i++) {
                Remainder remainder = remainders.get(i);
                int[] wanted = remainder.toArray();
                if (!fill(node, remainder, wanted, new int[wanted.length], 0, remainders)) {
                    return null;
                }
                if (reached.containsKey(none)) {
                    return trace();
                }
            }
        }
        return null;
    }

    /**
     * Tries every number of each kind but the last, of which as many are taken as fit: leaving some out that fit never
     * helps. Returns false when the steps have run out.
     */
    private boolean fill(
            NodeRoom node, Remainder from, int[] wanted, int[] counts, int kind, List<Remainder> remainders) {
        int most = node.fits(kinds.get(kind), wanted[kind]);
        boolean isLast = kind == counts.length - 1;
        for (int count = most; count >= 0; count--) {
            if (!steps.take()) {
                return false;
            }
            counts[kind] = count;
            if (!node.fits(kinds, counts)) {
                continue;
            }
            if (!isLast) {
                if (!fill(node, from, wanted, counts, kind + 1, remainders)) {
                    return false;
                }
            } else {
                keep(node, from, wanted, counts, remainders);
                break;
            }
        }
        counts[kind] = 0;
        return true;
    }

    private void keep(NodeRoom node, Remainder from, int[] wanted, int[] counts, List<Remainder> remainders) {
        int[] left = wanted.clone();
        for (int s = 0; s < left.length; s++) {
            left[s] -= counts[s];
        }
        Remainder remainder = Remainder.of(left);
        if (!remainder.equals(all) && !reached.containsKey(remainder)) {
            reached.put(remainder, new Reached(from, node, counts.clone()));
            remainders.add(remainder);
        }
    }

    private Packing trace() {
        List<Packing.Share> shares = new ArrayList<>();
        Remainder at = none;
        while (!at.equals(all)) {
            Reached step = reached.get(at);
            if (step == null) {
                throw new IllegalStateException("a remainder came from nowhere");
            }
            shares.add(0, new Packing.Share(step.node(), step.counts()));
            at = step.before();
        }
        return new Packing(shares);
    }
}

package io.mlengine.core.scheduling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Chooses which free devices of a node each replica gets: neighbours by index, of one kind where possible, and never so
 * that another replica on the node is left without.
 */
final class DeviceChoice {
    private final NodeRoom node;
    private final List<Demand> demands;
    private final int[] units;
    private final boolean[] given;

    private DeviceChoice(NodeRoom node, List<Demand> demands, int[] replicas) {
        this.node = node;
        this.demands = demands;
        this.units = new int[replicas.length];
        this.given = new boolean[node.devices()];
        for (int s = 0; s < replicas.length; s++) {
            units[s] = replicas[s] * demands.get(s).gpus();
        }
    }

    /**
     * Chooses for replicas that fit together.
     *
     * @return for each kind, for each of its replicas, the positions of its devices
     */
    static List<List<int[]>> of(NodeRoom node, List<Demand> demands, int[] replicas) {
        DeviceChoice choice = new DeviceChoice(node, demands, replicas);
        List<List<int[]>> chosen = new ArrayList<>();
        for (int s = 0; s < replicas.length; s++) {
            chosen.add(new ArrayList<>());
        }
        // Those that need many neighbours choose first.
        List<Integer> order = new ArrayList<>();
        for (int s = 0; s < replicas.length; s++) {
            order.add(s);
        }
        order.sort(
                (a, b) -> Integer.compare(demands.get(b).gpus(), demands.get(a).gpus()));
        for (int s : order) {
            for (int i = 0; i < replicas[s]; i++) {
                chosen.get(s).add(choice.next(s));
            }
        }
        return chosen;
    }

    private int[] next(int kind) {
        int wanted = demands.get(kind).gpus();
        units[kind] -= wanted;
        int[] free = candidates(kind);
        int best = -1;
        for (int first = 0; first + wanted <= free.length && wanted > 0; first++) {
            if ((best < 0 || isCloser(free, first, best, wanted)) && leavesEnough(free, first, wanted)) {
                best = first;
            }
        }
        if (best < 0) {
            return oneByOne(kind, wanted);
        }
        int[] positions = new int[wanted];
        for (int i = 0; i < wanted; i++) {
            positions[i] = free[best + i];
            given[positions[i]] = true;
        }
        return positions;
    }

    private int[] candidates(int kind) {
        int count = 0;
        int[] free = new int[node.devices()];
        for (int i = 0; i < free.length; i++) {
            if (!given[i] && !node.isTaken(i) && demands.get(kind).allows(node.classOf(i))) {
                free[count++] = i;
            }
        }
        return Arrays.copyOf(free, count);
    }

    private boolean isCloser(int[] free, int first, int than, int wanted) {
        int kinds = kinds(free, first, wanted);
        int otherKinds = kinds(free, than, wanted);
        return kinds != otherKinds ? kinds < otherKinds : span(free, first, wanted) < span(free, than, wanted);
    }

    private int span(int[] free, int first, int wanted) {
        return node.device(free[first + wanted - 1]).index()
                - node.device(free[first]).index();
    }

    /** Changes of kind along the row; 0 for a row of equals. */
    private int kinds(int[] free, int first, int wanted) {
        int changes = 0;
        for (int i = first + 1; i < first + wanted; i++) {
            changes += node.classOf(free[i]) == node.classOf(free[i - 1]) ? 0 : 1;
        }
        return changes;
    }

    private boolean leavesEnough(int[] free, int first, int wanted) {
        boolean[] barred = given.clone();
        for (int i = first; i < first + wanted; i++) {
            barred[free[i]] = true;
        }
        return DeviceMatching.exists(node, demands, units, barred);
    }

    /** No row of neighbours leaves the others enough: takes single devices that do, the lowest first. */
    private int[] oneByOne(int kind, int wanted) {
        int[] positions = new int[wanted];
        units[kind] += wanted;
        for (int i = 0; i < wanted; i++) {
            units[kind]--;
            positions[i] = lowestHarmless(kind);
            given[positions[i]] = true;
        }
        return positions;
    }

    private int lowestHarmless(int kind) {
        int[] free = candidates(kind);
        for (int i = 0; i < free.length; i++) {
            if (leavesEnough(free, i, 1)) {
                return free[i];
            }
        }
        throw new IllegalStateException("replicas that fit together have no devices on " + node.name());
    }
}

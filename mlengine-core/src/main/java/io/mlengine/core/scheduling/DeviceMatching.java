package io.mlengine.core.scheduling;

import java.util.Arrays;
import java.util.List;

/**
 * Whether a node's free devices can serve replicas whose wishes overlap: one wants any GPU, another only a certain
 * model. Exact, by augmenting paths; O(devices²) for each kind of replica, and one comparison when there is one kind.
 */
final class DeviceMatching {
    private final NodeRoom node;
    private final List<Demand> demands;
    private final boolean[] barred;
    private final int[] owners;

    private DeviceMatching(NodeRoom node, List<Demand> demands, boolean[] barred) {
        this.node = node;
        this.demands = demands;
        this.barred = barred;
        this.owners = new int[node.devices()];
        Arrays.fill(owners, -1);
    }

    /** Whether all replicas of all kinds can be served. */
    static boolean exists(NodeRoom node, List<Demand> demands, int[] replicas) {
        long wanted = 0;
        int kinds = 0;
        int last = 0;
        for (int s = 0; s < replicas.length; s++) {
            if (replicas[s] > 0 && demands.get(s).gpus() > 0) {
                wanted += (long) replicas[s] * demands.get(s).gpus();
                kinds++;
                last = s;
            }
        }
        if (wanted > node.freeDevices()) {
            return false;
        }
        if (kinds <= 1) {
            return kinds == 0 || node.freeDevices(List.of(demands.get(last))) >= wanted;
        }
        int[] units = new int[replicas.length];
        for (int s = 0; s < units.length; s++) {
            units[s] = replicas[s] * demands.get(s).gpus();
        }
        return exists(node, demands, units, new boolean[node.devices()]);
    }

    /** Whether so many devices can be given to each kind without the barred ones. */
    static boolean exists(NodeRoom node, List<Demand> demands, int[] units, boolean[] barred) {
        DeviceMatching matching = new DeviceMatching(node, demands, barred);
        for (int s = 0; s < units.length; s++) {
            for (int unit = 0; unit < units[s]; unit++) {
                if (!matching.serve(s, new boolean[node.devices()])) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean serve(int kind, boolean[] seen) {
        for (int i = 0; i < owners.length; i++) {
            if (!seen[i] && !barred[i] && !node.isTaken(i) && demands.get(kind).allows(node.classOf(i))) {
                seen[i] = true;
                if (owners[i] < 0 || serve(owners[i], seen)) {
                    owners[i] = kind;
                    return true;
                }
            }
        }
        return false;
    }
}

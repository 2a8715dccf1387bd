package io.mlengine.plugins.horovod;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The place of one process among all, as Horovod's own launcher would give it out ({@code get_host_assignments} in
 * {@code horovod/runner/common/util/hosts.py}).
 *
 * @param host the host's name
 * @param hostSlots number of processes on the host
 * @param rank number among all processes
 * @param size number of all processes
 * @param localRank number among the processes of the host
 * @param crossRank number among the processes of all hosts that have the same local rank
 * @param crossSize number of hosts that have this local rank
 */
record Slot(String host, int hostSlots, int rank, int size, int localRank, int crossRank, int crossSize) {
    /**
     * Gives out slots: host after host, on each of them slot after slot.
     *
     * @param slotsOfHosts number of slots of each host, in the order in which they are used up
     * @param processes number of processes
     * @return the slots by rank
     * @throws IllegalArgumentException when there are fewer slots than processes
     */
    static List<Slot> assign(Map<String, Integer> slotsOfHosts, int processes) {
        int available =
                slotsOfHosts.values().stream().mapToInt(Integer::intValue).sum();
        if (available < processes) {
            throw new IllegalArgumentException(
                    "Requested more processes (" + processes + ") than there are available slots (" + available + ")");
        }
        Map<String, Integer> used = new LinkedHashMap<>();
        int left = processes;
        for (Map.Entry<String, Integer> host : slotsOfHosts.entrySet()) {
            int taken = Math.min(left, host.getValue());
            used.put(host.getKey(), taken);
            left -= taken;
        }
        List<Slot> slots = new ArrayList<>();
        Map<Integer, Integer> hostsBefore = new LinkedHashMap<>();
        used.forEach((host, count) -> {
            for (int local = 0; local < count; local++) {
                int wanted = local;
                int cross = hostsBefore.merge(local, 1, Integer::sum) - 1;
                int crossSize = (int)
                        used.values().stream().filter(other -> other > wanted).count();
                slots.add(new Slot(host, count, slots.size(), processes, local, cross, crossSize));
            }
        });
        return slots;
    }

    /** Names of the variables by which a process learns its slot. */
    static final List<String> VARIABLES =
            List.copyOf(new Slot("any", 1, 0, 1, 0, 0, 1).variables().keySet());

    /** The variables by which a process learns its slot. */
    SortedMap<String, String> variables() {
        return new TreeMap<>(Map.of(
                "HOROVOD_HOSTNAME", host,
                "HOROVOD_RANK", Integer.toString(rank),
                "HOROVOD_SIZE", Integer.toString(size),
                "HOROVOD_LOCAL_RANK", Integer.toString(localRank),
                "HOROVOD_LOCAL_SIZE", Integer.toString(hostSlots),
                "HOROVOD_CROSS_RANK", Integer.toString(crossRank),
                "HOROVOD_CROSS_SIZE", Integer.toString(crossSize)));
    }

    /** How many processes leave each scope of the rendezvous before the server forgets what it holds. */
    static SortedMap<String, Integer> scopeSizes(List<Slot> slots) {
        SortedMap<String, Integer> sizes = new TreeMap<>();
        for (Slot slot : slots) {
            sizes.put("global", slot.size());
            sizes.put("local_" + slot.host(), slot.hostSlots());
            sizes.put("cross_" + slot.localRank(), slot.crossSize());
        }
        return sizes;
    }
}

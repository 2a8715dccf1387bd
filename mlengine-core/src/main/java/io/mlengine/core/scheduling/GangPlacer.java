package io.mlengine.core.scheduling;

import com.google.common.math.LongMath;
import io.mlengine.core.job.SchedulingWishes;
import io.mlengine.core.queue.QueueLoad;
import io.mlengine.spi.model.ReplicaKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds places for a gang: how many replicas of each role, in which domain, on which nodes, with which devices. Nothing
 * is taken from the room; whoever uses the holding occupies it.
 *
 * <p>An elastic gang costs O(log size) packings a role, a wish about nearness one packing a domain.
 */
final class GangPlacer {
    private static final String NODE_LEVEL = "node";

    private final Packer packer;
    private final Steps steps;

    GangPlacer(Steps steps) {
        this.packer = new Packer(steps);
        this.steps = steps;
    }

    /** Names the replicas of a role. */
    @FunctionalInterface
    interface Naming {
        /** From index 0 upwards, for a gang that starts. */
        static Naming fromZero(GangNeed need) {
            return (role, nth) -> new ReplicaKey(need.name(role), nth);
        }

        ReplicaKey key(int role, int nth);
    }

    /** Sizes of the roles and where so many replicas go. */
    private record Sized(int[] sizes, Packing packing, List<NodeRoom> domain) {
        long replicas() {
            long sum = 0;
            for (int size : sizes) {
                sum += size;
            }
            return sum;
        }
    }

    /** Places as many replicas as possible, up to what is wished; null when the least does not fit. */
    @Nullable
    Holding most(Room room, String queue, GangNeed need, Predicate<QueueLoad> quota) {
        Sized sized = most(room, need, quota);
        return sized == null ? null : holding(queue, need, sized, Naming.fromZero(need));
    }

    /** Places as many replicas as possible on given nodes, whatever the wish about nearness. */
    @Nullable
    Holding mostOn(List<NodeRoom> nodes, String queue, GangNeed need, Predicate<QueueLoad> quota, Naming naming) {
        Sized sized = most(nodes, need, quota);
        return sized == null ? null : holding(queue, need, sized, naming);
    }

    /** Places the least that the gang can start with; null when that does not fit. */
    @Nullable
    Holding least(Room room, String queue, GangNeed need, Predicate<QueueLoad> quota) {
        if (need.topology().isEmpty() || !need.topology().get().required()) {
            Sized sized = least(room.nodes(), need, quota);
            return sized == null ? null : holding(queue, need, sized, Naming.fromZero(need));
        }
        for (List<NodeRoom> domain : domains(room, need.topology().get())) {
            Sized sized = least(domain, need, quota);
            if (sized != null) {
                return holding(queue, need, sized, Naming.fromZero(need));
            }
        }
        return null;
    }

    /** The domains of a level by name, each with its nodes by name; nodes without the label are in none. */
    static List<List<NodeRoom>> domains(Room room, SchedulingWishes.Topology topology) {
        if (topology.level().equals(NODE_LEVEL)) {
            List<List<NodeRoom>> domains = new ArrayList<>(room.nodes().size());
            for (NodeRoom node : room.nodes()) {
                domains.add(List.of(node));
            }
            return domains;
        }
        SortedMap<String, List<NodeRoom>> byValue = new TreeMap<>();
        for (NodeRoom node : room.nodes()) {
            String value = node.node().labels().get(topology.level());
            if (value != null) {
                byValue.computeIfAbsent(value, key -> new ArrayList<>()).add(node);
            }
        }
        return new ArrayList<>(byValue.values());
    }

    private @Nullable Sized most(Room room, GangNeed need, Predicate<QueueLoad> quota) {
        if (need.topology().isEmpty()) {
            return most(room.nodes(), need, quota);
        }
        Sized near = null;
        for (List<NodeRoom> domain : domains(room, need.topology().get())) {
            Sized sized = most(domain, need, quota);
            if (sized != null && (near == null || isBetter(sized, near))) {
                near = sized;
            }
        }
        if (need.topology().get().required() || near != null && near.replicas() == sum(need.wished())) {
            return near;
        }
        Sized anywhere = most(room.nodes(), need, quota);
        return near != null && (anywhere == null || near.replicas() >= anywhere.replicas()) ? near : anywhere;
    }

    /** More replicas, then the domain that is left with least; the one found first stays in a tie. */
    private static boolean isBetter(Sized one, Sized other) {
        if (one.replicas() != other.replicas()) {
            return one.replicas() > other.replicas();
        }
        int devices = Integer.compare(freeDevices(one.domain()), freeDevices(other.domain()));
        return devices != 0 ? devices < 0 : freeCpu(one.domain()) < freeCpu(other.domain());
    }

    private static int freeDevices(List<NodeRoom> nodes) {
        int sum = 0;
        for (NodeRoom node : nodes) {
            sum += node.freeDevices();
        }
        return sum;
    }

    private static long freeCpu(List<NodeRoom> nodes) {
        long sum = 0;
        for (NodeRoom node : nodes) {
            sum = LongMath.saturatedAdd(sum, node.free(Layout.CPU));
        }
        return sum;
    }

    private @Nullable Sized most(List<NodeRoom> nodes, GangNeed need, Predicate<QueueLoad> quota) {
        Sized best = at(need.wished(), nodes, need, quota);
        if (best != null) {
            return best;
        }
        best = least(nodes, need, quota);
        for (int role = 0; best != null && role < need.roles(); role++) {
            int low = best.sizes()[role];
            int high = need.wished()[role];
            while (low < high) {
                int middle = low + (high - low + 1) / 2;
                int[] sizes = best.sizes().clone();
                sizes[role] = middle;
                Sized larger = at(sizes, nodes, need, quota);
                if (larger == null) {
                    high = middle - 1;
                } else {
                    best = larger;
                    low = middle;
                }
            }
        }
        return best;
    }

    private @Nullable Sized least(List<NodeRoom> nodes, GangNeed need, Predicate<QueueLoad> quota) {
        int[] sizes = need.least();
        long missing = need.minimum() - sum(sizes);
        return missing <= 0 ? at(sizes, nodes, need, quota) : fill(sizes, 0, missing, nodes, need, quota);
    }

    /** Tries all ways to reach the gang's minimum, the first roles getting most first. */
    private @Nullable Sized fill(
            int[] sizes, int role, long missing, List<NodeRoom> nodes, GangNeed need, Predicate<QueueLoad> quota) {
        if (missing == 0) {
            return at(sizes, nodes, need, quota);
        }
        if (role == sizes.length) {
            return null;
        }
        int least = sizes[role];
        for (long more = Math.min(missing, need.wished()[role] - least); more >= 0 && steps.take(); more--) {
            sizes[role] = (int) (least + more);
            Sized found = fill(sizes, role + 1, missing - more, nodes, need, quota);
            if (found != null) {
                return found;
            }
        }
        sizes[role] = least;
        return null;
    }

    private @Nullable Sized at(int[] sizes, List<NodeRoom> nodes, GangNeed need, Predicate<QueueLoad> quota) {
        if (!quota.test(need.load(sizes))) {
            return null;
        }
        Packing packing = packer.pack(nodes, need.kinds(), need.byKind(sizes));
        return packing == null ? null : new Sized(sizes.clone(), packing, nodes);
    }

    private static long sum(int[] sizes) {
        long sum = 0;
        for (int size : sizes) {
            sum += size;
        }
        return sum;
    }

    /** Names the replicas and gives them their devices: roles in their order, index by index, node by node. */
    private static Holding holding(String queue, GangNeed need, Sized sized, Naming naming) {
        int[] role = new int[need.kinds().size()];
        int[] nth = new int[need.kinds().size()];
        Arrays.fill(role, -1);
        List<Holding.Slot> slots = new ArrayList<>();
        for (Packing.Share share : sized.packing().shares()) {
            List<List<int[]>> devices = DeviceChoice.of(share.node(), need.kinds(), share.counts());
            for (int kind = 0; kind < role.length; kind++) {
                for (int[] positions : devices.get(kind)) {
                    while (role[kind] < 0 || nth[kind] == sized.sizes()[role[kind]]) {
                        role[kind] = nextRole(need, kind, role[kind]);
                        nth[kind] = 0;
                    }
                    slots.add(new Holding.Slot(
                            naming.key(role[kind], nth[kind]++),
                            share.node().number(),
                            need.kinds().get(kind),
                            positions));
                }
            }
        }
        return new Holding(queue, need.load(sized.sizes()), List.copyOf(slots));
    }

    private static int nextRole(GangNeed need, int kind, int after) {
        int role = after + 1;
        while (need.kindOf(role) != kind) {
            role++;
        }
        return role;
    }
}

package io.mlengine.core.scheduling;

import com.google.common.math.LongMath;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.JobId;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Puts numbers to what a gang lacks: how much it needs, how much there is, where, and who has it. */
final class Shortage {
    /** Stands for devices where a dimension is asked for. */
    static final int GPUS = -1;

    private final Snapshot snapshot;
    private final GangNeed need;
    private final Room room;
    private final boolean withHolders;
    private final int[] sizes;

    /** A set of nodes and what is free there of one dimension. */
    private record Place(String name, List<NodeRoom> nodes, long free) {}

    Shortage(Snapshot snapshot, GangNeed need, Room room, boolean withHolders) {
        this.snapshot = snapshot;
        this.need = need;
        this.room = room;
        this.withHolders = withHolders;
        this.sizes = leastSizes(need);
    }

    /** The least sizes; what the gang's minimum asks for beyond them is put on the first roles. */
    static int[] leastSizes(GangNeed need) {
        int[] sizes = need.least();
        long missing = need.minimum();
        for (int size : sizes) {
            missing -= size;
        }
        for (int r = 0; r < sizes.length && missing > 0; r++) {
            long more = Math.min(missing, need.wished()[r] - sizes[r]);
            sizes[r] += (int) more;
            missing -= more;
        }
        return sizes;
    }

    static long saturated(BigInteger value) {
        return value.bitLength() < Long.SIZE ? value.longValue() : value.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    /** What is short of one dimension: on any single node, or in all, or in pieces that are large enough. */
    BlockingReason of(int dimension) {
        Demand hardest = need.kinds().get(0);
        for (Demand kind : need.kinds()) {
            hardest = amount(kind, dimension) > amount(hardest, dimension) ? kind : hardest;
        }
        long largest = amount(hardest, dimension);
        Place bestNode = best(singles(hardest), dimension);
        if (largest > bestNode.free()) {
            return reason(BlockingReason.Code.NO_ROOM_ON_ONE_NODE, dimension, largest, bestNode, bestNode.name());
        }
        Place everywhere = new Place("", room.nodes(), free(room.nodes(), dimension));
        // Which roles fill up the gang's minimum is open; the sizes counted here may leave out the role that asks.
        long total = Math.max(largest, total(dimension));
        if (total > everywhere.free()) {
            return reason(BlockingReason.Code.NO_ROOM, dimension, total, everywhere, "");
        }
        long usable = Math.min(usable(room.nodes(), dimension), total - 1);
        return reason(BlockingReason.Code.FRAGMENTED, dimension, total, new Place("", room.nodes(), usable), "");
    }

    /** What is short in the domain that comes nearest to holding the whole gang. */
    BlockingReason inOneDomain() {
        List<Place> domains = new ArrayList<>();
        need.topology().ifPresent(topology -> {
            for (List<NodeRoom> nodes : GangPlacer.domains(room, topology)) {
                NodeRoom first = nodes.get(0);
                domains.add(new Place(first.node().labels().getOrDefault(topology.level(), first.name()), nodes, 0));
            }
        });
        BlockingReason.Code code = BlockingReason.Code.NO_ROOM_IN_ONE_DOMAIN;
        if (domains.isEmpty() || total(shownDimension()) == 0) {
            return new BlockingReason(code, "", 0, 0, 0, "", List.of());
        }
        int shown = shownDimension();
        for (int dimension = GPUS; dimension < snapshot.layout().dimensions(); dimension++) {
            Place best = best(domains, dimension);
            if (total(dimension) > best.free()) {
                return reason(code, dimension, total(dimension), best, best.name());
            }
        }
        // Each dimension alone would do somewhere, but not all in one domain, or not in large enough pieces.
        List<Place> usable = new ArrayList<>();
        for (Place domain : domains) {
            usable.add(new Place(domain.name(), domain.nodes(), usable(domain.nodes(), shown)));
        }
        Place best = largest(usable);
        long total = total(shown);
        return reason(
                code,
                shown,
                total,
                new Place(best.name(), best.nodes(), Math.min(best.free(), total - 1)),
                best.name());
    }

    /** The dimension that people think of first: devices, else the first that is asked for. */
    private int shownDimension() {
        for (int dimension = GPUS; dimension < snapshot.layout().dimensions(); dimension++) {
            if (total(dimension) > 0) {
                return dimension;
            }
        }
        return Layout.CPU;
    }

    private BlockingReason reason(BlockingReason.Code code, int dimension, long wanted, Place place, String where) {
        return new BlockingReason(
                code,
                name(dimension),
                wanted,
                place.free(),
                Math.max(0, wanted - place.free()),
                where,
                withHolders ? holders(place.nodes(), dimension) : List.of());
    }

    private String name(int dimension) {
        if (dimension != GPUS) {
            return snapshot.layout().name(dimension);
        }
        // All that ask for devices must ask for the same ones, or the word would be wrong for some.
        String common = null;
        for (Demand kind : need.kinds()) {
            String wish = kind.resources().gpus().map(Shortage::wish).orElse("");
            if (kind.gpus() > 0) {
                common = common == null || common.equals(wish) ? wish : "";
            }
        }
        return common == null || common.isEmpty() ? "gpus" : "gpus/" + common;
    }

    private static String wish(GpuRequest request) {
        return request.migProfile().or(request::model).orElse("");
    }

    private static long amount(Demand kind, int dimension) {
        return dimension == GPUS ? kind.gpus() : kind.amount(dimension);
    }

    private long total(int dimension) {
        long total = 0;
        for (int r = 0; r < sizes.length; r++) {
            total = LongMath.saturatedAdd(
                    total, LongMath.saturatedMultiply(sizes[r], amount(need.demand(r), dimension)));
        }
        return total;
    }

    private long free(List<NodeRoom> nodes, int dimension) {
        long free = 0;
        for (NodeRoom node : nodes) {
            List<Demand> takers = takers(node, dimension);
            if (node.isOpen() && !takers.isEmpty()) {
                free = LongMath.saturatedAdd(free, dimension == GPUS ? node.freeDevices(takers) : node.free(dimension));
            }
        }
        return free;
    }

    /** The kinds that want some of a dimension and may have it on a node. */
    private List<Demand> takers(NodeRoom node, int dimension) {
        List<Demand> takers = new ArrayList<>();
        for (Demand kind : need.kinds()) {
            if (amount(kind, dimension) > 0 && kind.nodes().include(node.number())) {
                takers.add(kind);
            }
        }
        return takers;
    }

    /** How much of a dimension the replicas would take that find a node, each kind by itself. */
    private long usable(List<NodeRoom> nodes, int dimension) {
        int[] counts = need.byKind(sizes);
        long usable = 0;
        for (int s = 0; s < counts.length; s++) {
            Demand kind = need.kinds().get(s);
            int left = counts[s];
            for (int n = 0; n < nodes.size() && left > 0; n++) {
                left -= nodes.get(n).fits(kind, left);
            }
            usable = LongMath.saturatedAdd(
                    usable, LongMath.saturatedMultiply(counts[s] - left, amount(kind, dimension)));
        }
        return usable;
    }

    private List<Place> singles(Demand kind) {
        List<Place> singles = new ArrayList<>();
        for (NodeRoom node : room.nodes()) {
            if (node.isOpen() && kind.nodes().include(node.number())) {
                singles.add(new Place(node.name(), List.of(node), 0));
            }
        }
        return singles;
    }

    private Place best(List<Place> places, int dimension) {
        List<Place> counted = new ArrayList<>();
        for (Place place : places) {
            counted.add(new Place(place.name(), place.nodes(), free(place.nodes(), dimension)));
        }
        return largest(counted);
    }

    private static Place largest(List<Place> places) {
        Place best = new Place("", List.of(), 0);
        for (Place place : places) {
            if (best.nodes().isEmpty() || place.free() > best.free()) {
                best = place;
            }
        }
        return best;
    }

    private List<JobId> holders(List<NodeRoom> nodes, int dimension) {
        boolean[] isThere = new boolean[room.nodes().size()];
        for (NodeRoom node : nodes) {
            isThere[node.number()] = !takers(node, dimension).isEmpty();
        }
        List<RunningGang> holders = new ArrayList<>();
        for (RunningGang gang : snapshot.running()) {
            for (Holding.Slot slot : snapshot.holding(gang.id()).slots()) {
                if (isThere[slot.node()] && amount(slot.demand(), dimension) > 0) {
                    holders.add(gang);
                    break;
                }
            }
        }
        holders.sort(Comparator.comparingLong(RunningGang::sequence));
        List<JobId> ids = new ArrayList<>();
        for (RunningGang gang : holders) {
            ids.add(gang.id());
        }
        return ids;
    }
}

package io.mlengine.core.scheduling;

import io.mlengine.core.job.SchedulingWishes;
import io.mlengine.core.queue.QueueLoad;
import io.mlengine.spi.model.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.UnaryOperator;

/**
 * What a gang needs, in the numbers of a {@link Layout}. Equal replicas of several roles are one kind. Two gangs with
 * equal {@link Key}s fit or fail together, so one search answers for all of them.
 */
final class GangNeed {
    private final List<String> names = new ArrayList<>();
    private final List<Demand> kinds = new ArrayList<>();
    private final int[] kindOf;
    private final int[] least;
    private final int[] wished;
    private final int minimum;
    private final Optional<SchedulingWishes.Topology> topology;
    private final QueueLoad base;

    /**
     * What makes two gangs the same to the search.
     *
     * @param demands of each role
     * @param sizes least and wished number of each role
     * @param minimum least number of replicas in all
     * @param topology the wish
     */
    record Key(List<Demand> demands, List<Integer> sizes, int minimum, Optional<SchedulingWishes.Topology> topology) {}

    /**
     * @param demands of each role
     * @param least least number of each role
     * @param wished wished number of each role
     * @param minimum least number of replicas in all
     * @param base what counts for the queue beside the replicas
     */
    GangNeed(
            List<String> names,
            List<Demand> demands,
            int[] least,
            int[] wished,
            int minimum,
            Optional<SchedulingWishes.Topology> topology,
            QueueLoad base) {
        this.names.addAll(names);
        this.kindOf = new int[demands.size()];
        for (int r = 0; r < kindOf.length; r++) {
            int known = kinds.indexOf(demands.get(r));
            kindOf[r] = known < 0 ? kinds.size() : known;
            if (known < 0) {
                kinds.add(demands.get(r));
            }
        }
        this.least = least;
        this.wished = wished;
        this.minimum = minimum;
        this.topology = topology;
        this.base = base;
    }

    /** What a gang needs to start. A gang never starts without any replica, unless it has none. */
    static GangNeed toStart(Gang gang, Layout layout) {
        int count = gang.roles().size();
        List<String> names = new ArrayList<>(count);
        List<Demand> demands = new ArrayList<>(count);
        int[] least = new int[count];
        int[] wished = new int[count];
        long all = 0;
        for (int r = 0; r < count; r++) {
            GangRole role = gang.roles().get(r);
            names.add(role.name());
            demands.add(layout.demand(role));
            least[r] = role.least();
            wished[r] = role.count();
            all += role.count();
        }
        long minimum = Math.min(all, Math.max(1, gang.gangMinimum().orElse(1)));
        return new GangNeed(names, demands, least, wished, (int) minimum, gang.topology(), QueueLoad.ONE_JOB);
    }

    Key key() {
        List<Demand> demands = new ArrayList<>(kindOf.length);
        List<Integer> sizes = new ArrayList<>(2 * kindOf.length);
        for (int r = 0; r < kindOf.length; r++) {
            demands.add(demand(r));
            sizes.add(least[r]);
            sizes.add(wished[r]);
        }
        return new Key(demands, sizes, minimum, topology);
    }

    /** The same need without some dimensions and, if so asked, without its wish about nearness. */
    GangNeed without(boolean[] dimensions, boolean gpus, boolean nearness) {
        GangNeed rest = with(kind -> kind.without(dimensions, gpus));
        return nearness ? new GangNeed(names, rest.demands(), least, wished, minimum, Optional.empty(), base) : rest;
    }

    /** The same need with other demands in the place of its own. */
    private GangNeed with(UnaryOperator<Demand> change) {
        List<Demand> changed = kinds.stream().map(change).toList();
        List<Demand> demands = new ArrayList<>(kindOf.length);
        for (int kind : kindOf) {
            demands.add(changed.get(kind));
        }
        return new GangNeed(names, demands, least, wished, minimum, topology, base);
    }

    /** The same need with some kinds placed on any node, whatever its labels and taints. */
    GangNeed onAnyNode(boolean[] lifted, AllowedNodes everywhere) {
        return with(kind -> lifted[kinds.indexOf(kind)] ? kind.on(everywhere) : kind);
    }

    private List<Demand> demands() {
        List<Demand> demands = new ArrayList<>(kindOf.length);
        for (int kind : kindOf) {
            demands.add(kinds.get(kind));
        }
        return demands;
    }

    /** Names of the roles of a kind, in their order. */
    String names(int kind) {
        StringJoiner of = new StringJoiner(", ");
        for (int r = 0; r < kindOf.length; r++) {
            if (kindOf[r] == kind) {
                of.add(names.get(r));
            }
        }
        return of.toString();
    }

    int roles() {
        return kindOf.length;
    }

    String name(int role) {
        return names.get(role);
    }

    Demand demand(int role) {
        return kinds.get(kindOf[role]);
    }

    int kindOf(int role) {
        return kindOf[role];
    }

    /** The distinct demands. */
    List<Demand> kinds() {
        return kinds;
    }

    int[] least() {
        return least.clone();
    }

    int[] wished() {
        return wished.clone();
    }

    int minimum() {
        return minimum;
    }

    Optional<SchedulingWishes.Topology> topology() {
        return topology;
    }

    /** Replicas of each kind for given sizes of the roles. */
    int[] byKind(int[] sizes) {
        int[] counts = new int[kinds.size()];
        for (int r = 0; r < sizes.length; r++) {
            counts[kindOf[r]] += sizes[r];
        }
        return counts;
    }

    QueueLoad load(int[] sizes) {
        QueueLoad load = base;
        for (int r = 0; r < sizes.length; r++) {
            load = load.plus(demand(r).resources(), sizes[r]);
        }
        return load;
    }

    /** Whether a placement has sizes with which the gang can start. */
    boolean isMetBy(Placement placement) {
        int[] sizes = new int[kindOf.length];
        for (Placement.Slot slot : placement.replicas()) {
            int role = names.indexOf(slot.key().role());
            if (role < 0) {
                return false;
            }
            sizes[role]++;
        }
        boolean met = placement.replicas().size() >= minimum;
        for (int r = 0; r < sizes.length; r++) {
            met &= least[r] <= sizes[r] && sizes[r] <= wished[r];
        }
        return met;
    }

    boolean competesWith(GangNeed other) {
        for (Demand kind : kinds) {
            for (Demand otherKind : other.kinds) {
                if (kind.competesWith(otherKind)) {
                    return true;
                }
            }
        }
        return false;
    }
}

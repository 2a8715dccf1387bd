package io.mlengine.core.scheduling;

import io.mlengine.core.queue.QueueLoad;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Adds replicas to a gang that has places; those keep them, and new ones get the lowest free indexes. */
final class Growth {
    private final Gang gang;
    private final Placement placement;
    private final GangNeed need;
    private final List<List<ReplicaKey>> missing;

    private Growth(Gang gang, Placement placement, GangNeed need, List<List<ReplicaKey>> missing) {
        this.gang = gang;
        this.placement = placement;
        this.need = need;
        this.missing = missing;
    }

    /** What a gang lacks to its wished size; empty when it lacks nothing. */
    static Optional<Growth> of(Gang gang, Placement placement, Layout layout) {
        SortedSet<ReplicaKey> present = new TreeSet<>();
        for (Placement.Slot slot : placement.replicas()) {
            present.add(slot.key());
        }
        List<String> names = new ArrayList<>();
        List<Demand> demands = new ArrayList<>();
        List<List<ReplicaKey>> missing = new ArrayList<>();
        int[] wished = new int[gang.roles().size()];
        int all = 0;
        for (int r = 0; r < wished.length; r++) {
            GangRole role = gang.roles().get(r);
            List<ReplicaKey> absent = new ArrayList<>();
            for (int index = 0; index < role.count(); index++) {
                ReplicaKey key = new ReplicaKey(role.name(), index);
                if (!present.contains(key)) {
                    absent.add(key);
                }
            }
            names.add(role.name());
            demands.add(layout.demand(role));
            missing.add(absent);
            wished[r] = absent.size();
            all += wished[r];
        }
        if (all == 0) {
            return Optional.empty();
        }
        GangNeed need =
                new GangNeed(names, demands, new int[wished.length], wished, 1, Optional.empty(), QueueLoad.NONE);
        return Optional.of(new Growth(gang, placement, need, missing));
    }

    GangNeed need() {
        return need;
    }

    /** Places as many of the missing replicas as possible; null when none fits. */
    @Nullable
    Holding place(Room room, GangPlacer placer, Predicate<QueueLoad> quota) {
        return placer.mostOn(
                near(room),
                gang.queue(),
                need,
                quota,
                (role, nth) -> missing.get(role).get(nth));
    }

    Placement enlarged(Placement added) {
        List<Placement.Slot> slots = new ArrayList<>(placement.replicas());
        slots.addAll(added.replicas());
        return new Placement(slots);
    }

    /** A gang that must stay in one domain grows only there. */
    private List<NodeRoom> near(Room room) {
        if (gang.topology().isEmpty()
                || !gang.topology().get().required()
                || placement.replicas().isEmpty()) {
            return room.nodes();
        }
        String home = placement.replicas().get(0).node();
        for (List<NodeRoom> domain : GangPlacer.domains(room, gang.topology().get())) {
            for (NodeRoom node : domain) {
                if (node.name().equals(home)) {
                    return domain;
                }
            }
        }
        return List.of();
    }
}

package io.mlengine.core.scheduling;

import io.mlengine.core.queue.QueueLoad;
import io.mlengine.core.queue.QueueUsage;
import io.mlengine.spi.model.JobId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds why a gang does not fit: the constraints are lifted one after another, and those that need not be lifted are
 * dropped, so that what is left is a minimal set. One placement a constraint; called once a shape.
 */
final class Explainer {
    private final Snapshot snapshot;
    private final GangPlacer placer;

    /**
     * What is free when the plan is complete.
     *
     * @param now what can be given away
     * @param later what will be free when all that drains has gone
     * @param bare as {@code now}, earmarked room included
     * @param keptFor who has earmarks
     */
    record Situation(Room now, Room later, Room bare, List<JobId> keptFor) {}

    /** Which constraints are lifted. */
    private static final class Lifted {
        private final boolean[] dimensions;
        /** By kind of replica. */
        private final boolean[] nodes;

        private boolean gpus;
        private boolean earmarks;
        private boolean nearness;
        private boolean limits;

        private Lifted(int dimensions, int kinds) {
            this.dimensions = new boolean[dimensions];
            this.nodes = new boolean[kinds];
        }
    }

    Explainer(Snapshot snapshot, Budget budget) {
        this.snapshot = snapshot;
        this.placer = new GangPlacer(new Steps(budget.steps()));
    }

    /** Why it cannot start now. */
    List<BlockingReason> whyNow(PendingGang gang, GangNeed need, Situation situation) {
        Optional<Lifted> blocking = blocking(gang, need, situation, false);
        if (blocking.isEmpty()) {
            return List.of(new BlockingReason(BlockingReason.Code.NO_NODES, "", 0, 0, 0, "", List.of()));
        }
        Lifted lifted = blocking.get();
        Room room = lifted.earmarks ? situation.bare() : situation.now();
        List<BlockingReason> reasons = new ArrayList<>();
        if (lifted.limits) {
            QueueUsage usage = lifted.earmarks
                    ? situation.bare().queues()
                    : situation.later().queues();
            reasons.addAll(limits(gang, need, situation.now().queues(), usage));
        }
        reasons.addAll(shortages(need, lifted, room, true));
        if (lifted.earmarks) {
            reasons.add(new BlockingReason(BlockingReason.Code.EARMARKED, "", 0, 0, 0, "", situation.keptFor()));
        }
        return reasons.isEmpty()
                ? List.of(new BlockingReason(BlockingReason.Code.NOT_LOOKED_AT, "", 0, 0, 0, "", List.of()))
                : reasons;
    }

    /** Why it could not start if nothing else ran. */
    List<BlockingReason> whyNever(PendingGang gang, GangNeed need) {
        Room best = snapshot.best();
        Situation alone = new Situation(best, best, best, List.of());
        List<BlockingReason> never = new ArrayList<>();
        blocking(gang, need, alone, true).ifPresent(lifted -> {
            List<BlockingReason> reasons = new ArrayList<>();
            if (lifted.limits) {
                reasons.addAll(limits(gang, need, best.queues(), best.queues()));
            }
            reasons.addAll(shortages(need, lifted, best, false));
            for (BlockingReason reason : reasons) {
                String where =
                        reason.code() == BlockingReason.Code.QUEUE_LIMIT ? "queue " + reason.where() : reason.where();
                never.add(new BlockingReason(
                        BlockingReason.Code.IMPOSSIBLE_HERE,
                        reason.dimension(),
                        reason.need(),
                        reason.free(),
                        reason.shortBy(),
                        where,
                        List.of(),
                        reason.refusals()));
            }
        });
        return List.copyOf(never);
    }

    /**
     * The minimal set; empty when the gang would not start with everything lifted.
     *
     * @param forever whether it is about what can never be: then it helps to hear what nodes refuse, while one who waits
     *     for nodes that are only taken knows what they were chosen by
     */
    private Optional<Lifted> blocking(PendingGang gang, GangNeed need, Situation situation, boolean forever) {
        Lifted lifted = new Lifted(snapshot.layout().dimensions(), need.kinds().size());
        Arrays.fill(lifted.dimensions, true);
        Arrays.fill(lifted.nodes, true);
        lifted.gpus = true;
        lifted.earmarks = true;
        lifted.nearness = true;
        lifted.limits = true;
        if (!fits(gang, need, lifted, situation)) {
            return Optional.empty();
        }
        // Dropped first is what people would rather not hear about when there are several ways to tell it.
        if (!forever) {
            dropNodes(gang, need, lifted, situation);
        }
        for (int i = lifted.dimensions.length - 1; i >= 0; i--) {
            lifted.dimensions[i] = false;
            lifted.dimensions[i] = !fits(gang, need, lifted, situation);
        }
        lifted.gpus = false;
        lifted.gpus = !fits(gang, need, lifted, situation);
        if (forever) {
            dropNodes(gang, need, lifted, situation);
        }
        lifted.earmarks = false;
        lifted.earmarks = !fits(gang, need, lifted, situation);
        lifted.nearness = false;
        lifted.nearness = !fits(gang, need, lifted, situation);
        lifted.limits = false;
        lifted.limits = !fits(gang, need, lifted, situation);
        return Optional.of(lifted);
    }

    private void dropNodes(PendingGang gang, GangNeed need, Lifted lifted, Situation situation) {
        for (int kind = lifted.nodes.length - 1; kind >= 0; kind--) {
            boolean isRefused =
                    need.kinds().get(kind).nodes() != snapshot.layout().everywhere();
            lifted.nodes[kind] = false;
            lifted.nodes[kind] = isRefused && !fits(gang, need, lifted, situation);
        }
    }

    private boolean fits(PendingGang gang, GangNeed need, Lifted lifted, Situation situation) {
        Room room = lifted.earmarks ? situation.bare() : situation.now();
        QueueUsage kept = lifted.earmarks ? room.queues() : situation.later().queues();
        Predicate<QueueLoad> quota =
                load -> lifted.limits || room.queues().fits(gang.queue(), load) && kept.fits(gang.queue(), load);
        GangNeed rest = need.onAnyNode(lifted.nodes, snapshot.layout().everywhere())
                .without(lifted.dimensions, lifted.gpus, lifted.nearness);
        return placer.least(room, gang.queue(), rest, quota) != null;
    }

    private List<BlockingReason> limits(PendingGang gang, GangNeed need, QueueUsage now, QueueUsage later) {
        QueueLoad load = need.load(Shortage.leastSizes(need));
        List<QueueUsage.Excess> excesses = now.excesses(gang.queue(), load);
        List<BlockingReason> reasons = new ArrayList<>();
        for (QueueUsage.Excess excess : excesses.isEmpty() ? later.excesses(gang.queue(), load) : excesses) {
            reasons.add(new BlockingReason(
                    BlockingReason.Code.QUEUE_LIMIT,
                    excess.dimension().text(),
                    Shortage.saturated(load.of(excess.dimension())),
                    Shortage.saturated(excess.left()),
                    Shortage.saturated(load.of(excess.dimension()).subtract(excess.left())),
                    excess.queue(),
                    holdersIn(excess.queue())));
        }
        return reasons;
    }

    private List<JobId> holdersIn(String queue) {
        List<JobId> holders = new ArrayList<>();
        for (RunningGang gang : snapshot.running()) {
            if (snapshot.tree().path(gang.queue()).stream()
                    .anyMatch(config -> config.name().equals(queue))) {
                holders.add(gang.id());
            }
        }
        return holders;
    }

    private List<BlockingReason> shortages(GangNeed need, Lifted lifted, Room room, boolean withHolders) {
        List<BlockingReason> reasons = new ArrayList<>();
        for (int kind = 0; kind < lifted.nodes.length; kind++) {
            if (lifted.nodes[kind]) {
                reasons.add(Refusals.of(need, kind, room));
            }
        }
        GangNeed rest = need.onAnyNode(lifted.nodes, snapshot.layout().everywhere());
        Shortage shortage = new Shortage(snapshot, rest, room, withHolders);
        if (lifted.nearness) {
            reasons.add(shortage.inOneDomain());
        }
        if (lifted.gpus) {
            reasons.add(shortage.of(Shortage.GPUS));
        }
        for (int i = 0; i < lifted.dimensions.length; i++) {
            if (lifted.dimensions[i]) {
                reasons.add(shortage.of(i));
            }
        }
        return reasons;
    }
}

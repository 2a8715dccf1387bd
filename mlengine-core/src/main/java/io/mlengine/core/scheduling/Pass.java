package io.mlengine.core.scheduling;

import io.mlengine.core.queue.QueueLoad;
import io.mlengine.spi.model.JobId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One plan in the making. Waiting gangs are looked at in the policy's order; each starts, or gets an earmark on room that
 * is coming free, or has others evicted for it, or waits. Then running elastic gangs grow, then waits are explained.
 *
 * <p>What did not fit once is not tried again in the same plan for another gang of the same {@link Shape}, because room
 * only shrinks while a plan is made: a queue of 10,000 jobs of few shapes costs few searches.
 */
final class Pass {
    private final ClusterState state;
    private final Budget budget;
    private final Rules rules;
    private final Snapshot snapshot;
    private final Room now;
    private final Room later;
    /** As {@link #now} would be without earmarks. */
    private final Room bare;

    private final Steps steps;
    private final GangPlacer placer;
    private final Overtaking overtaking = new Overtaking();
    private final Explainer explainer;
    private final Waits waits;

    private final Set<Shape> noRoomNow = new LinkedHashSet<>();
    private final Set<Shape> noRoomLater = new LinkedHashSet<>();
    private final Map<Shape, List<BlockingReason>> impossible = new LinkedHashMap<>();
    private final Map<Shape, Integer> noVictimsBelow = new LinkedHashMap<>();

    private final Plan.Builder plan = Plan.builder();
    private final List<VictimSearch.Candidate> stopping = new ArrayList<>();
    private final List<VictimSearch.Candidate> candidates = new ArrayList<>();
    private final Set<JobId> leaving = new LinkedHashSet<>();
    private final Set<JobId> started = new LinkedHashSet<>();
    private final Set<JobId> kept = new LinkedHashSet<>();
    private int decisions;
    private boolean isCutShort;

    /**
     * In what policies differ.
     *
     * @param order who goes first; ends with the sequence
     * @param strict whether nobody may overtake in a queue
     * @param evicting whether jobs of lower priority are stopped
     */
    record Rules(Comparator<Gang> order, boolean strict, boolean evicting) {}

    /**
     * What two gangs must have in common to fit or fail together.
     *
     * @param need what they ask for
     * @param queue whose limits hold for them; empty for none
     */
    record Shape(GangNeed.Key need, String queue) {}

    private Pass(ClusterState state, Budget budget, Rules rules) {
        this.state = state;
        this.budget = budget;
        this.rules = rules;
        this.snapshot = new Snapshot(state, rules.order());
        this.now = snapshot.now();
        this.later = snapshot.later();
        this.bare = now.copy();
        this.steps = new Steps(budget.steps());
        this.placer = new GangPlacer(steps);
        this.explainer = new Explainer(snapshot, budget);
        this.waits = new Waits(snapshot, explainer, rules.evicting());
        for (RunningGang gang : snapshot.running()) {
            VictimSearch.Candidate candidate = new VictimSearch.Candidate(gang, snapshot.holding(gang.id()));
            (gang.draining() ? stopping : candidates).add(candidate);
        }
    }

    static Plan run(ClusterState state, Budget budget, Rules rules) {
        return new Pass(state, budget, rules).plan();
    }

    private Plan plan() {
        for (PendingGang gang : snapshot.pending()) {
            if (decisions >= budget.decisions()) {
                waits.note(gang, BlockingReason.Code.NOT_LOOKED_AT, List.of());
                isCutShort = true;
            } else {
                consider(gang);
            }
        }
        grow();
        waits.into(plan, new Explainer.Situation(now, later, bare, List.copyOf(kept)), started::contains);
        return plan.stateVersion(state.version())
                .exhausted(isCutShort || steps.ranOut())
                .build();
    }

    private void consider(PendingGang gang) {
        Optional<BlockingReason> standing = Waits.standing(gang, state, snapshot);
        if (standing.isPresent()) {
            waits.note(gang, List.of(standing.get()));
            return;
        }
        GangNeed need = GangNeed.toStart(gang, snapshot.layout());
        Optional<JobId> ahead = overtaking.ahead(gang.queue(), need);
        if (ahead.isPresent()) {
            waits.note(gang, BlockingReason.Code.BEHIND, List.of(ahead.get()));
            return;
        }
        Shape shape = new Shape(need.key(), snapshot.tree().isLimited(gang.queue()) ? gang.queue() : "");
        Holding place = noRoomNow.contains(shape) ? null : placeNow(gang, need);
        if (place != null) {
            start(gang, place);
            return;
        }
        if (gang.refusal().isEmpty()) {
            noRoomNow.add(shape);
        }
        block(gang, need, shape);
    }

    private Predicate<QueueLoad> startQuota(String queue) {
        return new Spare(now, later).quota(queue);
    }

    private @Nullable Holding placeNow(PendingGang gang, GangNeed need) {
        if (gang.refusal().isPresent()) {
            // It may be refused again: nobody loses the room that is kept for him to a mere try.
            Spare spare = spare();
            leaveKept(spare, gang);
            return placer.most(spare.now(), gang.queue(), need, spare.quota(gang.queue()));
        }
        Holding before = snapshot.kept().get(gang.id());
        if (before == null || !now.hasFree(before) || !startQuota(gang.queue()).test(before.load())) {
            return placer.most(now, gang.queue(), need, startQuota(gang.queue()));
        }
        // Just what was kept, or others would find room that they were refused, and take what is kept for somebody
        // else.
        return growth(gang, before).map(before::and).orElse(before);
    }

    private Optional<Holding> growth(PendingGang gang, Holding start) {
        Optional<Growth> growth = Growth.of(gang, start.placement(now), snapshot.layout());
        if (growth.isEmpty()) {
            return Optional.empty();
        }
        // So it is for replicas beyond the least.
        Spare spare = spare();
        spare.occupy(start);
        leaveKept(spare, gang);
        return Optional.ofNullable(growth.get().place(spare.now(), placer, spare.quota(gang.queue())));
    }

    private Spare spare() {
        return new Spare(now.copy(), later.copy());
    }

    /** What was kept for others that are still to be looked at. */
    private void leaveKept(Spare spare, PendingGang gang) {
        spare.leave(snapshot.kept(), job -> !started.contains(job) && !kept.contains(job) && !job.equals(gang.id()));
    }

    private void start(PendingGang gang, Holding place) {
        plan.addStart(new Plan.Start(gang.id(), place.placement(now)));
        occupy(place);
        started.add(gang.id());
        decisions++;
    }

    private void occupy(Holding place) {
        now.occupy(place);
        later.occupy(place);
        bare.occupy(place);
    }

    private void block(PendingGang gang, GangNeed need, Shape shape) {
        List<BlockingReason> never = impossible.computeIfAbsent(shape, key -> whyNever(gang, need));
        if (!never.isEmpty()) {
            // It holds nobody up: waiting does not help it.
            waits.note(gang, never);
            return;
        }
        // For a job that a quota refused nobody is stopped, and no room is kept: it would be for nothing, at each try.
        boolean mayCome = gang.refusal().isEmpty() && (keepRoom(gang, need, shape) || evict(gang, need, shape));
        if (!mayCome) {
            waits.explainLater(gang, need, shape);
        }
        if (rules.strict() && !started.contains(gang.id())) {
            overtaking.hold(gang, need, isAtJobLimit(gang.queue()));
        }
    }

    private boolean isAtJobLimit(String queue) {
        return !startQuota(queue).test(QueueLoad.ONE_JOB);
    }

    private List<BlockingReason> whyNever(PendingGang gang, GangNeed need) {
        Room best = snapshot.best();
        Holding place =
                placer.least(best, gang.queue(), need, load -> best.queues().fits(gang.queue(), load));
        return place != null || steps.ranOut() ? List.of() : explainer.whyNever(gang, need);
    }

    /** Keeps room that is coming free for the first gang that can use it, so that nobody need be evicted for it. */
    private boolean keepRoom(PendingGang gang, GangNeed need, Shape shape) {
        if (stopping.isEmpty() || noRoomLater.contains(shape)) {
            return false;
        }
        Holding place = placeLater(gang, need);
        if (place == null) {
            noRoomLater.add(shape);
            return false;
        }
        earmark(gang, place);
        return true;
    }

    private @Nullable Holding placeLater(PendingGang gang, GangNeed need) {
        Holding before = snapshot.kept().get(gang.id());
        if (before != null && later.hasFree(before) && later.queues().fits(gang.queue(), before.load())) {
            return before;
        }
        return placer.least(later, gang.queue(), need, load -> later.queues().fits(gang.queue(), load));
    }

    private void earmark(PendingGang gang, Holding place) {
        plan.addEarmark(new Plan.Earmark(gang.id(), place.placement(later)));
        later.occupy(place);
        now.capBy(later, place);
        kept.add(gang.id());
        waits.note(gang, BlockingReason.Code.ROOM_IS_COMING, awaited(place));
    }

    /** Whose end an earmark waits for: those who stop on its nodes or, where a queue's limit is the matter, all. */
    private List<JobId> awaited(Holding place) {
        List<JobId> onItsNodes = new ArrayList<>();
        List<JobId> all = new ArrayList<>();
        for (VictimSearch.Candidate candidate : stopping) {
            all.add(candidate.gang().id());
            if (place.meets(candidate.holding())) {
                onItsNodes.add(candidate.gang().id());
            }
        }
        return onItsNodes.isEmpty() ? all : onItsNodes;
    }

    private boolean evict(PendingGang gang, GangNeed need, Shape shape) {
        Integer failedAt = noVictimsBelow.get(shape);
        if (!rules.evicting() || failedAt != null && gang.priority() <= failedAt) {
            return false;
        }
        List<VictimSearch.Candidate> victims = new VictimSearch(placer)
                .find(
                        later,
                        gang,
                        need,
                        other -> other.preemptible() && other.priority() < gang.priority(),
                        candidates);
        // A set that no plan could hold is carried out by a plan of its own.
        boolean tooMany = decisions > 0 && victims.size() > budget.decisions() - decisions;
        isCutShort |= tooMany;
        if (victims.isEmpty() || tooMany) {
            noVictimsBelow.put(shape, gang.priority());
            return false;
        }
        for (VictimSearch.Candidate victim : victims) {
            plan.addEviction(new Plan.Eviction(victim.gang().id(), gang.id(), whyEvicted(victim.gang(), gang)));
            later.release(victim.holding());
            // What earmarks held back of the free room may now come from the victim.
            now.resetTo(bare, later, victim.holding());
            stopping.add(victim);
            leaving.add(victim.gang().id());
            decisions++;
        }
        candidates.removeIf(candidate -> leaving.contains(candidate.gang().id()));
        // There is more than before, perhaps also for others.
        noRoomNow.clear();
        noRoomLater.clear();
        Holding atOnce = placeNow(gang, need);
        if (atOnce != null) {
            start(gang, atOnce);
            return true;
        }
        Holding place = placeLater(gang, need);
        if (place == null) {
            throw new IllegalStateException("evictions that were found sufficient are not, for " + gang.id());
        }
        earmark(gang, place);
        return true;
    }

    private static String whyEvicted(RunningGang victim, PendingGang beneficiary) {
        return "stopped for " + beneficiary.id() + ", which has priority " + beneficiary.priority() + " over "
                + victim.priority();
    }

    private void grow() {
        for (RunningGang gang : snapshot.running()) {
            boolean mayGrow = !gang.draining() && !leaving.contains(gang.id()) && !isStopped(gang);
            Optional<Growth> growth = mayGrow ? Growth.of(gang, gang.placement(), snapshot.layout()) : Optional.empty();
            if (growth.isEmpty()
                    || overtaking.ahead(gang.queue(), growth.get().need()).isPresent()) {
                continue;
            }
            if (decisions >= budget.decisions()) {
                isCutShort = true;
                return;
            }
            Holding added = growth.get().place(now, placer, startQuota(gang.queue()));
            if (added != null) {
                plan.addResize(new Plan.Resize(gang.id(), growth.get().enlarged(added.placement(now))));
                occupy(added);
                decisions++;
            }
        }
    }

    private boolean isStopped(RunningGang gang) {
        return snapshot.tree().path(gang.queue()).stream().anyMatch(queue -> queue.stopped());
    }
}

package io.mlengine.core.scheduling;

import io.mlengine.core.scheduling.Pass.Shape;
import io.mlengine.spi.model.JobId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Why the gangs that a plan does not start wait. What is plain is noted while the plan is made; what asks for a look at
 * the room is explained when it is complete, once for all gangs of a {@link Shape}.
 */
final class Waits {
    private final Snapshot snapshot;
    private final Explainer explainer;
    private final boolean evicting;
    private final Map<JobId, List<BlockingReason>> reasons = new LinkedHashMap<>();
    private final Map<JobId, Blocked> unexplained = new LinkedHashMap<>();

    /** A gang whose reasons are still to be found. */
    private record Blocked(PendingGang gang, GangNeed need, Shape shape) {}

    /**
     * @param evicting whether others may be stopped for a gang, so that it asks for a reason when they are not
     */
    Waits(Snapshot snapshot, Explainer explainer, boolean evicting) {
        this.snapshot = snapshot;
        this.explainer = explainer;
        this.evicting = evicting;
    }

    /** What keeps a gang from being looked at, whatever room there is. */
    static Optional<BlockingReason> standing(PendingGang gang, ClusterState state, Snapshot snapshot) {
        if (state.nodes().isEmpty()) {
            return Optional.of(reason(BlockingReason.Code.NO_NODES, "", List.of()));
        }
        if (gang.notBefore().isPresent() && gang.notBefore().get().isAfter(state.now())) {
            String until = gang.notBefore().get().toString();
            return Optional.of(gang.refusal()
                    .map(why -> quotaExceeded(why, until))
                    .orElseGet(() -> reason(BlockingReason.Code.BACK_OFF, until, List.of())));
        }
        if (!snapshot.tree().allows(gang.queue())) {
            return Optional.of(reason(BlockingReason.Code.QUEUE_UNKNOWN, gang.queue(), List.of()));
        }
        return snapshot.tree().path(gang.queue()).stream()
                .filter(queue -> queue.stopped())
                .findFirst()
                .map(queue -> reason(BlockingReason.Code.QUEUE_STOPPED, queue.name(), List.of()));
    }

    void note(PendingGang gang, List<BlockingReason> why) {
        reasons.put(gang.id(), why);
    }

    void note(PendingGang gang, BlockingReason.Code code, List<JobId> holders) {
        note(gang, List.of(reason(code, "", holders)));
    }

    void explainLater(PendingGang gang, GangNeed need, Shape shape) {
        unexplained.put(gang.id(), new Blocked(gang, need, shape));
    }

    /** Explains what is not explained yet, and puts everything into the plan. */
    void into(Plan.Builder plan, Explainer.Situation situation, Predicate<JobId> isStarted) {
        Map<Shape, List<BlockingReason>> known = new LinkedHashMap<>();
        for (Blocked blocked : unexplained.values()) {
            List<BlockingReason> why = known.computeIfAbsent(
                    blocked.shape(), shape -> explainer.whyNow(blocked.gang(), blocked.need(), situation));
            note(blocked.gang(), withRefusal(blocked.gang(), why));
        }
        Map<String, Integer> positions = new LinkedHashMap<>();
        for (PendingGang gang : snapshot.pending()) {
            List<BlockingReason> why = reasons.get(gang.id());
            if (why != null && !isStarted.test(gang.id())) {
                int position = positions.merge(gang.queue(), 1, Integer::sum);
                plan.putWait(gang.id(), new Wait(why, position, Optional.empty()));
            }
        }
    }

    /** Tells in addition why nobody is stopped for it. */
    private List<BlockingReason> withRefusal(PendingGang gang, List<BlockingReason> why) {
        if (!evicting || gang.refusal().isEmpty()) {
            return why;
        }
        List<BlockingReason> both = new ArrayList<>(why);
        both.add(quotaExceeded(gang.refusal().get(), ""));
        return both;
    }

    private static BlockingReason quotaExceeded(String why, String until) {
        return new BlockingReason(
                BlockingReason.Code.QUOTA_EXCEEDED,
                "",
                0,
                0,
                0,
                until,
                List.of(),
                List.of(new BlockingReason.Refusal(0, why)));
    }

    private static BlockingReason reason(BlockingReason.Code code, String where, List<JobId> holders) {
        return new BlockingReason(code, "", 0, 0, 0, where, holders);
    }
}

package io.mlengine.core.lifecycle;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.job.ReplicaRecord.Intent;
import io.mlengine.core.lifecycle.Gang.Member;
import io.mlengine.core.lifecycle.JobEvent.Grant;
import io.mlengine.spi.backend.StopReason;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A new membership inside an attempt. Smaller: the highest indexes are stopped, then the claim is made smaller. Larger:
 * the claim is made larger, then the new members are started. Those that stay are not touched, and index 0 always stays.
 */
final class Resizing {
    private Resizing() {}

    /** Records what a user wishes; a size outside the role's bounds is refused as a whole. */
    static void wish(Draft draft, SortedMap<String, Integer> sizes) {
        JobRecord record = draft.record();
        if (sizes.entrySet().stream().anyMatch(size -> !isAllowed(record, size.getKey(), size.getValue()))) {
            return;
        }
        SortedMap<String, Integer> wished = new TreeMap<>(record.sizes());
        for (Map.Entry<String, Integer> size : sizes.entrySet()) {
            if (record.size(size.getKey()) != size.getValue()) {
                wished.put(size.getKey(), size.getValue());
            }
        }
        draft.change(builder -> builder.sizes(wished));
        if (draft.phase() == Phase.RUNNING) {
            Launching.advance(draft);
        }
    }

    private static boolean isAllowed(JobRecord record, String name, int size) {
        return record.train().roles().stream()
                .filter(role -> role.name().equals(name))
                .anyMatch(role -> role.isElastic() && size >= Math.max(1, role.least()) && size <= role.most());
    }

    /** Carries out a smaller size that a user has wished, unless an order is still open. */
    static void shrinkToSizes(Draft draft) {
        List<Member> surplus = draft.gang().members().stream()
                .filter(member ->
                        member.key().index() >= draft.record().size(member.key().role()))
                .toList();
        if (!surplus.isEmpty() && isQuiet(draft)) {
            shrink(draft, surplus);
        }
    }

    /** Carries out what the scheduler grants to a running elastic job: members more, or members fewer. */
    static void grant(Draft draft, Grant event) {
        Placement placement = event.placement();
        if (!isQuiet(draft) || !Launching.fits(draft.record(), placement)) {
            return;
        }
        List<Member> members = draft.gang().members();
        List<Member> removed = members.stream()
                .filter(member -> placement.slot(member.key()).isEmpty())
                .toList();
        int added = placement.replicas().size() - (members.size() - removed.size());
        if (added == 0 && !removed.isEmpty() && isElastic(removed)) {
            shrink(draft, removed);
        } else if (added > 0 && removed.isEmpty() && mayGrow(draft, placement)) {
            grow(draft, placement);
        }
    }

    private static boolean isQuiet(Draft draft) {
        return !draft.gang().awaitsAnswer() && !draft.isArmed(JobTimer.SETTLE);
    }

    private static boolean isElastic(List<Member> members) {
        return members.stream().allMatch(member -> member.role().isElastic());
    }

    /** Once a member has done its work a new one would find nobody to join, and the job would never end. */
    private static boolean mayGrow(Draft draft, Placement placement) {
        Placement present = draft.attempt().placement();
        boolean survivorsStay = present.replicas().stream()
                .allMatch(slot -> placement.slot(slot.key()).equals(Optional.of(slot)));
        boolean onlyElastic = draft.record().train().roles().stream()
                .filter(role -> !role.isElastic())
                .allMatch(role -> count(present, role) == count(placement, role));
        return survivorsStay
                && onlyElastic
                && draft.gang().members().stream()
                        .noneMatch(member -> member.role().tracked() && member.hasSucceeded());
    }

    private static long count(Placement placement, Role role) {
        return placement.replicas().stream()
                .filter(slot -> slot.key().role().equals(role.name()))
                .count();
    }

    private static void grow(Draft draft, Placement placement) {
        for (ReplicaRecord replica : draft.attempt().replicas().values()) {
            // A place that was given up before and is filled again.
            if (replica.intent() == Intent.REMOVE
                    && placement.slot(replica.key()).isPresent()) {
                draft.replica(replica.withIntent(Intent.REPLACE));
            }
        }
        place(draft, placement, draft.now());
        begin(draft, "larger");
        draft.arm(
                JobTimer.START,
                draft.now().plus(draft.record().train().runPolicy().startTimeout()));
        claim(draft);
    }

    private static void shrink(Draft draft, List<Member> members) {
        List<ReplicaId> stop = new ArrayList<>();
        for (Member member : members) {
            ReplicaRecord replica = member.replica().orElseThrow();
            draft.replica(replica.withIntent(Intent.REMOVE));
            if (replica.mayLive()) {
                stop.add(replica.id());
            }
        }
        begin(draft, "smaller");
        draft.stop(stop, StopReason.RESIZE);
        settleLeaving(draft);
    }

    private static void begin(Draft draft, String how) {
        draft.disarm(JobTimer.PROGRESS);
        draft.changeAttempt(
                builder -> builder.epoch(draft.attempt().epoch() + 1).reservation(Optional.empty()));
        draft.enter(Phase.RESIZING, Reason.RESIZED, "The gang gets " + how);
    }

    /** Gives up the places of members that have left; when the last one has, makes the claim smaller. */
    static void settleLeaving(Draft draft) {
        Attempt attempt = draft.attempt();
        Placement left = new Placement(attempt.placement().replicas().stream()
                .filter(slot -> !hasLeft(attempt.replicas().get(slot.key())))
                .toList());
        if (left.equals(attempt.placement())) {
            return;
        }
        List<ReplicaRecord> gone = attempt.placement().replicas().stream()
                .map(slot -> attempt.replicas().get(slot.key()))
                .filter(Resizing::hasLeft)
                .map(Objects::requireNonNull)
                .toList();
        place(draft, left, draft.endOf(gone));
        if (draft.gang().leaving().isEmpty()) {
            claim(draft);
        }
    }

    private static boolean hasLeft(@org.jspecify.annotations.Nullable ReplicaRecord replica) {
        return replica != null && replica.intent() == Intent.REMOVE && !replica.mayLive();
    }

    /** What was held until now stays on record: usage is charged from it. */
    private static void place(Draft draft, Placement placement, Instant at) {
        Attempt.PastPlacement before = new Attempt.PastPlacement(draft.attempt().placement(), at);
        draft.changeAttempt(builder -> builder.addPastPlacement(before).placement(placement));
    }

    private static void claim(Draft draft) {
        Attempt attempt = draft.attempt();
        draft.order(new Effect.Reserve(attempt.id(), attempt.epoch(), attempt.placement()));
    }
}

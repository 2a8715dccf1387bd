package io.mlengine.core.lifecycle;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.job.ReplicaRecord.Intent;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.core.lifecycle.Gang.Member;
import io.mlengine.core.lifecycle.JobEvent.Grant;
import io.mlengine.core.lifecycle.JobEvent.Reserved;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** The way into RUNNING: grant, reservation, waves of starts, readiness. At most one order waits for its answer. */
final class Launching {
    private Launching() {}

    static void grant(Draft draft, Grant event) {
        boolean waits = draft.isArmed(JobTimer.BACK_OFF) && !draft.isDue(JobTimer.BACK_OFF);
        if (waits || !fits(draft.record(), event.placement())) {
            return;
        }
        PastAttempts.add(draft);
        JobRecord record = draft.record();
        Attempt attempt = Attempt.builder()
                .id(new AttemptId(record.id(), record.attemptNumber() + 1))
                .placement(event.placement())
                .grantedAt(draft.now())
                .build();
        draft.change(builder -> builder.attempt(attempt));
        draft.disarm(JobTimer.BACK_OFF);
        draft.arm(JobTimer.START, draft.now().plus(record.train().runPolicy().startTimeout()));
        record.train()
                .runPolicy()
                .activeDeadline()
                .filter(deadline -> !draft.isArmed(JobTimer.DEADLINE))
                .ifPresent(deadline -> draft.arm(JobTimer.DEADLINE, draft.now().plus(deadline)));
        draft.enter(Phase.ADMITTED, Reason.GRANTED, "");
        draft.order(new Effect.Reserve(attempt.id(), attempt.epoch(), attempt.placement()));
    }

    /** Tells whether places are given to a gang that may start: a grant may be older than the last change of size. */
    static boolean fits(JobRecord record, Placement placement) {
        OptionalInt gangMinimum = record.train().scheduling().gangMinimum();
        int known = 0;
        int wished = 0;
        for (Role role : record.train().roles()) {
            List<Integer> indexes = placement.replicas().stream()
                    .filter(slot -> slot.key().role().equals(role.name()))
                    .map(slot -> slot.key().index())
                    .toList();
            int size = record.size(role.name());
            int least = gangMinimum.isPresent() ? 0 : Math.min(role.least(), size);
            if (indexes.size() > size || indexes.size() < least || !isFromZero(indexes)) {
                return false;
            }
            known += indexes.size();
            wished += size;
        }
        return known == placement.replicas().size() && known >= Math.max(1, Math.min(gangMinimum.orElse(1), wished));
    }

    private static boolean isFromZero(List<Integer> ascending) {
        for (int i = 0; i < ascending.size(); i++) {
            if (ascending.get(i) != i) {
                return false;
            }
        }
        return true;
    }

    static void reserved(Draft draft, Reserved event) {
        boolean current = draft.hasOpenAttempt() && draft.attempt().id().equals(event.attempt());
        if (!current) {
            // The claim was granted after the attempt had been given up.
            draft.order(new Effect.Release(event.attempt(), RunPolicy.Cleanup.RUNNING));
            return;
        }
        Attempt attempt = draft.attempt();
        boolean asked = draft.phase() == Phase.ADMITTED || draft.phase() == Phase.RESIZING;
        if (!asked || attempt.reservation().isPresent() || attempt.epoch() != event.epoch()) {
            return;
        }
        draft.changeAttempt(builder -> builder.reservation(event.reservation()));
        if (draft.phase() == Phase.ADMITTED) {
            draft.enter(Phase.STARTING, Reason.RESERVED, "");
            advance(draft);
        } else {
            // A smaller gang may have lost the slack that made a failure harmless.
            Decisions.take(draft, false);
        }
    }

    /** Launches what is due, and enters RUNNING when everything is there. */
    static void advance(Draft draft) {
        launchDue(draft);
        if (draft.phase() == Phase.STARTING && !draft.isArmed(JobTimer.SETTLE)) {
            nextWaves(draft);
        }
        if (draft.phase() == Phase.RESIZING && isComplete(draft.gang())) {
            run(draft, Reason.RESIZED);
        }
        if (draft.phase() == Phase.RUNNING) {
            Resizing.shrinkToSizes(draft);
        }
    }

    private static void nextWaves(Draft draft) {
        StartOrder order = new StartOrder(draft.record().train().roles());
        while (isLaunchedAndReady(draft.gang(), order)) {
            if (isComplete(draft.gang())) {
                run(draft, Reason.ALL_READY);
                return;
            }
            draft.changeAttempt(builder -> builder.wave(draft.attempt().wave() + 1));
            launchDue(draft);
        }
    }

    private static boolean isLaunchedAndReady(Gang gang, StartOrder order) {
        return gang.members().stream()
                .filter(member ->
                        order.waveOf(member.role().name()) <= gang.attempt().wave())
                .allMatch(Launching::isPast);
    }

    /** Enters RUNNING without launching anything more: the end is near, but the whole gang has been there. */
    static void runIfComplete(Draft draft) {
        if (draft.phase() == Phase.STARTING && isComplete(draft.gang())) {
            run(draft, Reason.ALL_READY);
        }
    }

    private static boolean isComplete(Gang gang) {
        return gang.attempt().reservation().isPresent()
                && gang.leaving().isEmpty()
                && gang.members().stream().allMatch(Launching::isPast);
    }

    /** A failure that has not been acted upon is one that the job does not mind. */
    private static boolean isPast(Member member) {
        return member.isReady() || member.hasFailed();
    }

    /** Names the members that a start waits for. */
    static String missing(Draft draft) {
        if (draft.phase() == Phase.ADMITTED) {
            return "Devices and ports were not claimed in time";
        }
        return draft.gang().members().stream()
                .filter(member -> !isPast(member))
                .map(member -> member.key() + " ("
                        + member.replica()
                                .map(replica -> replica.current().state().name())
                                .orElse("not started")
                        + ")")
                .collect(Collectors.joining(", ", "Not ready in time: ", ""));
    }

    private static void run(Draft draft, String reason) {
        draft.disarm(JobTimer.START);
        if (draft.attempt().runningAt().isEmpty()) {
            draft.changeAttempt(builder -> builder.runningAt(draft.now()));
        }
        draft.enter(
                Phase.RUNNING,
                reason,
                "",
                builder -> builder.startedAt(draft.record().startedAt().orElse(draft.now())));
        draft.record()
                .train()
                .runPolicy()
                .progressTimeout()
                .ifPresent(time -> draft.arm(JobTimer.PROGRESS, draft.now().plus(time)));
    }

    /**
     * Orders all starts that may be made now: members of the waves so far that were never started, and members that
     * are replaced once nothing of the ones before is alive.
     */
    private static void launchDue(Draft draft) {
        Gang gang = draft.gang();
        if (gang.awaitsAnswer() || draft.isArmed(JobTimer.SETTLE)) {
            return;
        }
        StartOrder order = new StartOrder(draft.record().train().roles());
        List<ReplicaId> starts = new ArrayList<>();
        for (Member member : gang.members()) {
            if (order.waveOf(member.role().name()) > gang.attempt().wave()) {
                continue;
            }
            if (member.replica().isEmpty()) {
                ReplicaKey key = member.key();
                ReplicaId id = new ReplicaId(gang.attempt().id(), key.role(), key.index(), 0);
                draft.replica(new ReplicaRecord(ordered(id), 0));
                starts.add(id);
            } else if (mayBeReplaced(gang, member)) {
                ReplicaRecord ended = member.replica().get();
                ReplicaId id = new ReplicaId(
                        gang.attempt().id(),
                        member.key().role(),
                        member.key().index(),
                        ended.id().restart() + 1);
                draft.replica(ended.startedAgain(ordered(id)));
                starts.add(id);
            }
        }
        if (!starts.isEmpty()) {
            draft.order(new Effect.Launch(gang.attempt().id(), gang.attempt().epoch(), starts));
        }
    }

    private static boolean mayBeReplaced(Gang gang, Member member) {
        return isReplaced(member)
                && gang.of(member.role()).stream()
                        .filter(Launching::isReplaced)
                        .noneMatch(other -> other.replica().orElseThrow().mayLive());
    }

    private static boolean isReplaced(Member member) {
        return member.replica().isPresent() && member.replica().get().intent() == Intent.REPLACE;
    }

    private static ReplicaStatus ordered(ReplicaId id) {
        return ReplicaStatus.builder()
                .id(id)
                .revision(ReplicaRecord.UNREPORTED)
                .state(ReplicaState.PENDING)
                .build();
    }
}

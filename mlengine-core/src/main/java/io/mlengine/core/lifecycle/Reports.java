package io.mlengine.core.lifecycle;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.backend.StopReason;
import io.mlengine.spi.model.ReplicaId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Reports of replicas. Only the newest start of a member of the open attempt counts; others are told to stop. */
final class Reports {
    private Reports() {}

    static void changed(Draft draft, ReplicaStatus status) {
        if (!status.id().attempt().job().equals(draft.record().id())) {
            return;
        }
        Optional<ReplicaRecord> known = newestStart(draft, status.id());
        if (known.isEmpty()) {
            stopStale(draft, status);
            return;
        }
        ReplicaRecord replica = known.get();
        if (status.revision() <= replica.current().revision()) {
            return;
        }
        if (isOver(replica.current())) {
            stopStale(draft, status);
            return;
        }
        draft.replica(replica.withCurrent(withEnd(draft, status)));
        if (draft.record().drainsTo().isPresent()) {
            Draining.advance(draft);
            return;
        }
        if (draft.phase() == Phase.RESIZING) {
            Resizing.settleLeaving(draft);
        }
        Decisions.take(draft, false);
    }

    private static Optional<ReplicaRecord> newestStart(Draft draft, ReplicaId id) {
        if (!draft.hasOpenAttempt()) {
            return Optional.empty();
        }
        Attempt attempt = draft.attempt();
        return Optional.ofNullable(attempt.replicas().get(id.key()))
                .filter(replica -> replica.id().equals(id));
    }

    private static void stopStale(Draft draft, ReplicaStatus status) {
        if (status.state().mayLive()) {
            TreeSet<ReplicaId> start = new TreeSet<>(List.of(status.id()));
            draft.order(new Effect.Stop(status.id().attempt(), start, Duration.ZERO, StopReason.STALE));
        }
    }

    /** How it ended is known and stays known, also when the backend has since forgotten the replica. */
    private static boolean isOver(ReplicaStatus status) {
        return status.state() == ReplicaState.SUCCEEDED || status.state() == ReplicaState.FAILED;
    }

    private static ReplicaStatus withEnd(Draft draft, ReplicaStatus status) {
        return status.state().mayLive() || status.endedAt().isPresent()
                ? status
                : ReplicaStatus.builder().from(status).endedAt(draft.now()).build();
    }

    /**
     * A failed order had no effect: starts that nobody has reported do not exist. Should one be reported all the same,
     * the report counts, because its revision is higher.
     */
    static void giveUpUnreported(Draft draft) {
        for (ReplicaRecord replica : draft.attempt().replicas().values()) {
            if (replica.isUnreported() && replica.mayLive()) {
                draft.replica(replica.withCurrent(ReplicaStatus.builder()
                        .from(replica.current())
                        .state(ReplicaState.GONE)
                        .endedAt(draft.now())
                        .build()));
            }
        }
    }
}

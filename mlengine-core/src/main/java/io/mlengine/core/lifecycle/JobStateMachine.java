package io.mlengine.core.lifecycle;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.JobRecord.Desired;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.PhaseChange;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.job.ReplicaRecord.Intent;
import io.mlengine.core.job.RunPolicy.Cleanup;
import io.mlengine.spi.backend.StopReason;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The life of a job as one pure function of (record, event, now). The rows of {@link TransitionTable} say which phase may
 * follow which; {@code docs/job-states.md} is made from them. Called on the engine loop, or anywhere: nothing is shared.
 *
 * <p>The caller stores the new record before it carries out the effects. An engine that starts again orders what {@link
 * #owed} says and goes on with reports; the end is the same as without the interruption.
 */
public final class JobStateMachine {
    private JobStateMachine() {}

    /**
     * Makes the first record of a job.
     *
     * @param id the job's id
     * @param train the wish, valid and with all defaults
     * @param user who submits it
     * @param sequence order of submission
     * @param now the time
     * @return a record in CREATED, version 1; the next event is {@link JobEvent.Accept}
     */
    public static JobRecord submitted(JobId id, MLTrain train, String user, long sequence, Instant now) {
        return JobRecord.builder()
                .id(id)
                .train(train)
                .user(user)
                .sequence(sequence)
                .version(1)
                .phase(Phase.CREATED)
                .desired(train.runPolicy().suspend() ? Desired.SUSPEND : Desired.RUN)
                .createdAt(now)
                .addHistory(new PhaseChange(Phase.CREATED, 0, now, "Submitted", ""))
                .build();
    }

    /**
     * Applies an event.
     *
     * @param record the job
     * @param event what happened
     * @param now the time
     * @return the next record and what to do once it is stored; the same instance when nothing changed
     */
    public static Transition apply(JobRecord record, JobEvent event, Instant now) {
        Draft draft = new Draft(record, event.type(), now);
        Runnable step = switch (event.type()) {
            case ACCEPT -> () -> Wishes.accept(draft);
            case GRANT -> () -> grant(draft, (JobEvent.Grant) event);
            case RESERVED -> () -> Launching.reserved(draft, (JobEvent.Reserved) event);
            case ORDER_FAILED -> () -> Decisions.orderFailed(draft, (JobEvent.OrderFailed) event);
            case REPLICA_CHANGED -> () -> Reports.changed(draft, ((JobEvent.ReplicaChanged) event).status());
            case WAKE -> () -> Decisions.wake(draft);
            case PROGRESSED -> () -> Decisions.progressed(draft, (JobEvent.Progressed) event);
            case SUSPEND -> () -> Wishes.suspend(draft);
            case RESUME -> () -> Wishes.resume(draft);
            case PREEMPT -> () -> Wishes.preempt(draft, ((JobEvent.Preempt) event).reason());
            case RESIZE -> () -> Wishes.resize(draft, (JobEvent.Resize) event);
            case CANCEL -> () -> Wishes.cancel(draft, ((JobEvent.Cancel) event).reason());
            case DELETE -> () -> Wishes.delete(draft);
            case REMOVED -> () -> Wishes.removed(draft);
        };
        step.run();
        return draft.finish();
    }

    private static void grant(Draft draft, JobEvent.Grant event) {
        if (draft.phase() == Phase.QUEUED) {
            Launching.grant(draft, event);
        } else if (draft.phase() == Phase.RUNNING) {
            Resizing.grant(draft, event);
        }
    }

    /**
     * The orders that a stored record implies and that have no stored answer yet. Orders are idempotent, so an engine
     * that starts again may give them all.
     *
     * @param record a stored record
     * @return the orders; empty when only reports or events are waited for
     */
    public static List<Effect> owed(JobRecord record) {
        return switch (record.phase()) {
            case CREATED -> List.of();
            case ADMITTED, STARTING, RUNNING, RESIZING ->
                owedBy(record, record.attempt().orElseThrow());
            case RESTARTING, SUSPENDING, STOPPING -> {
                Attempt attempt = record.attempt().orElseThrow();
                Duration grace = record.train().runPolicy().stopGrace();
                yield List.of(new Effect.Stop(attempt.id(), new TreeSet<>(), grace, Draining.reasonToStop(record)));
            }
            case QUEUED, SUSPENDED -> released(record, Cleanup.RUNNING);
            case SUCCEEDED, FAILED, CANCELLED ->
                released(record, record.train().runPolicy().cleanup());
            case DELETING -> {
                List<Effect> effects = new ArrayList<>(
                        released(record, record.train().runPolicy().cleanup()));
                effects.add(new Effect.Remove(record.id()));
                yield effects;
            }
        };
    }

    private static List<Effect> released(JobRecord record, Cleanup cleanup) {
        return record.attempt().stream()
                .<Effect>map(attempt -> new Effect.Release(attempt.id(), cleanup))
                .toList();
    }

    private static List<Effect> owedBy(JobRecord record, Attempt attempt) {
        List<Effect> effects = new ArrayList<>();
        List<ReplicaId> launched = starts(attempt, ReplicaRecord::isUnreported);
        if (!launched.isEmpty()) {
            effects.add(new Effect.Launch(attempt.id(), attempt.epoch(), launched));
        }
        Duration grace = record.train().runPolicy().stopGrace();
        Set<ReplicaId> replaced = new TreeSet<>(starts(attempt, isStopped(Intent.REPLACE)));
        if (!replaced.isEmpty()) {
            effects.add(new Effect.Stop(attempt.id(), replaced, grace, StopReason.RESTART));
        }
        Set<ReplicaId> removed = new TreeSet<>(starts(attempt, isStopped(Intent.REMOVE)));
        if (!removed.isEmpty()) {
            effects.add(new Effect.Stop(attempt.id(), removed, grace, StopReason.RESIZE));
        } else if (attempt.reservation().isEmpty()) {
            effects.add(new Effect.Reserve(attempt.id(), attempt.epoch(), attempt.placement()));
        }
        return effects;
    }

    private static Predicate<ReplicaRecord> isStopped(Intent intent) {
        return replica -> replica.intent() == intent && replica.mayLive();
    }

    private static List<ReplicaId> starts(Attempt attempt, Predicate<ReplicaRecord> which) {
        return attempt.replicas().values().stream()
                .filter(which)
                .map(ReplicaRecord::id)
                .toList();
    }
}

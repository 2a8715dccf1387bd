package io.mlengine.core.lifecycle;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.JobRecord.DrainTarget;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.job.Retries;
import java.time.Instant;
import java.util.Optional;

/** What must hold after each event, whatever happened. */
final class Invariants {
    private Invariants() {}

    static void check(JobRecord before, JobEvent event, Transition transition) {
        JobRecord after = transition.record();
        String what = before.phase() + " + " + event + " -> " + after.phase();
        if (after == before) {
            require(
                    transition.effects().stream().allMatch(Invariants::onlyReleases),
                    "orders without a new record: " + what + " " + transition.effects());
            return;
        }
        require(after.version() == before.version() + 1, "version: " + what);
        require(after.attemptNumber() >= before.attemptNumber(), "attempt falls: " + what);
        require(after.attemptNumber() <= before.attemptNumber() + 1, "attempt jumps: " + what);
        if (before.phase().isTerminal()) {
            require(after.phase() == Phase.DELETING, "terminal phase left: " + what);
            require(after.finishedAt().equals(before.finishedAt()), "finishedAt changes: " + what);
        }
        if (before.outcome().isPresent()) {
            require(after.outcome().equals(before.outcome()), "outcome changes: " + what);
        }
        checkBudgets(after, what);
        checkShape(after, what);
    }

    private static void checkBudgets(JobRecord record, String what) {
        Retries limits = record.train().runPolicy().retries();
        require(record.retries().user() <= limits.user(), "user budget: " + what);
        require(record.retries().infrastructure() <= limits.infrastructure(), "infrastructure budget: " + what);
        require(
                limits.preemption().isEmpty()
                        || record.retries().preemption() <= limits.preemption().getAsInt(),
                "preemption budget: " + what);
    }

    private static void checkShape(JobRecord record, String what) {
        boolean alive = record.attempt().stream()
                .anyMatch(attempt -> attempt.replicas().values().stream().anyMatch(ReplicaRecord::mayLive));
        boolean open =
                record.attempt().isPresent() && record.attempt().get().endedAt().isEmpty();
        boolean draining = record.phase() == Phase.RESTARTING
                || record.phase() == Phase.SUSPENDING
                || record.phase() == Phase.STOPPING;
        require(open == record.phase().holdsResources(), "open attempt in " + what);
        require(!alive || open, "alive without an open attempt: " + what);
        require(draining == record.drainsTo().isPresent(), "drain target: " + what);
        require(!draining || alive, "drains nothing: " + what);
        require(
                (record.phase() == Phase.STOPPING) == record.drainsTo().equals(Optional.of(DrainTarget.OUTCOME)),
                "stopping without an end: " + what);
        require(
                (record.phase() == Phase.STOPPING || record.phase().isTerminal())
                        == record.outcome().isPresent(),
                "outcome: " + what);
        require(
                record.history().get(record.history().size() - 1).phase() == record.phase(),
                "history does not end in the phase: " + what);
        require(record.history().size() <= 256 && record.pastAttempts().size() <= 32, "unbounded: " + what);
    }

    /** The same event once more changes nothing. */
    static void checkTwice(JobRecord record, JobEvent event, Instant now) {
        require(
                JobStateMachine.apply(record, event, now).record() == record,
                "twice is not once: " + record.phase() + " + " + event);
    }

    private static boolean onlyReleases(Effect effect) {
        return effect.kind() == Effect.Kind.RELEASE
                || effect.kind() == Effect.Kind.FORGET
                || effect.kind() == Effect.Kind.STOP;
    }

    static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}

package io.mlengine.core.lifecycle;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.JobRecord.Desired;
import io.mlengine.core.job.JobRecord.DrainTarget;
import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.core.job.RunPolicy.Cleanup;
import io.mlengine.spi.backend.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The way out of an attempt: stop everything, wait until nothing of it can be alive, give back what it held, go where
 * the record says. Nothing shortens the wait: a replica on a silent node holds the next attempt up until its end is
 * known, or both would run.
 */
final class Draining {
    /** Added to the grace before everything is told to stop once more, and the wait between repetitions. */
    static final Duration MARGIN = Duration.ofSeconds(10);

    private Draining() {}

    static void begin(Draft draft, Phase phase, DrainTarget target, StopReason why, String reason, String message) {
        draft.disarm(JobTimer.START, JobTimer.SETTLE, JobTimer.PROGRESS, JobTimer.BACK_OFF);
        if (target != DrainTarget.QUEUED) {
            draft.disarm(JobTimer.DEADLINE);
        }
        draft.enter(phase, reason, message, builder -> builder.drainsTo(target));
        // A job that drains already has had its orders; only where it drains to is new.
        if (mayLive(draft) && !draft.isArmed(JobTimer.DRAIN)) {
            Duration grace = draft.record().train().runPolicy().stopGrace();
            draft.stopAll(grace, why);
            draft.arm(JobTimer.DRAIN, draft.now().plus(grace).plus(MARGIN));
        }
        advance(draft);
    }

    /** What lives longer than its grace is told to end at once, again and again. */
    static void insist(Draft draft) {
        draft.stopAll(Duration.ZERO, reasonToStop(draft.record()));
        draft.arm(JobTimer.DRAIN, draft.now().plus(MARGIN));
    }

    static StopReason reasonToStop(JobRecord record) {
        return switch (record.phase()) {
            case RESTARTING -> StopReason.RESTART;
            case SUSPENDING -> record.desired() == Desired.SUSPEND ? StopReason.SUSPENDED : StopReason.PREEMPTED;
            default ->
                record.outcome().map(Outcome::result).equals(Optional.of(Outcome.Result.CANCELLED))
                        ? StopReason.CANCELLED
                        : StopReason.FINISHED;
        };
    }

    static void advance(Draft draft) {
        if (mayLive(draft)) {
            return;
        }
        draft.disarm(JobTimer.DRAIN);
        DrainTarget target = draft.record().drainsTo().orElseThrow();
        boolean failed =
                draft.phase() == Phase.RESTARTING && draft.attempt().cause().isPresent();
        endAttempt(draft, target);
        switch (target) {
            case QUEUED -> queue(draft, failed);
            case SUSPENDED ->
                draft.enter(Phase.SUSPENDED, Reason.DRAINED, "", builder -> builder.drainsTo(Optional.empty()));
            case OUTCOME -> end(draft);
        }
    }

    private static boolean mayLive(Draft draft) {
        return draft.hasOpenAttempt() && draft.gang().mayLive();
    }

    private static void endAttempt(Draft draft, DrainTarget target) {
        Cleanup policy = draft.record().train().runPolicy().cleanup();
        boolean removes = target == DrainTarget.OUTCOME && policy == Cleanup.ALL;
        if (draft.hasOpenAttempt()) {
            Instant end = draft.endOf(draft.attempt().replicas().values());
            draft.changeAttempt(builder -> builder.endedAt(end));
        } else if (draft.record().attempt().isEmpty() || !removes) {
            return;
        }
        Attempt attempt = draft.attempt();
        draft.order(new Effect.Release(attempt.id(), target == DrainTarget.OUTCOME ? policy : Cleanup.RUNNING));
    }

    private static void queue(Draft draft, boolean failed) {
        draft.enter(Phase.QUEUED, Reason.DRAINED, "", builder -> builder.drainsTo(Optional.empty()));
        Duration wait = Restarts.backOff(draft);
        if (failed && !wait.isZero()) {
            draft.arm(JobTimer.BACK_OFF, draft.now().plus(wait));
        }
    }

    private static void end(Draft draft) {
        Outcome outcome = draft.record().outcome().orElseThrow();
        SortedMap<JobTimer, Instant> timers = new TreeMap<>(timeToGo(draft));
        draft.enter(
                outcome.result().phase(),
                outcome.reason(),
                outcome.message(),
                builder -> builder.drainsTo(Optional.empty())
                        .finishedAt(draft.now())
                        .timers(timers));
    }

    /** A job that a user has deleted goes at once, any other when its time is over. */
    private static Map<JobTimer, Instant> timeToGo(Draft draft) {
        RunPolicy policy = draft.record().train().runPolicy();
        Optional<Duration> keep =
                draft.record().desired() == Desired.DELETE ? Optional.of(Duration.ZERO) : policy.ttlAfterFinished();
        SortedMap<JobTimer, Instant> timers = new TreeMap<>();
        keep.ifPresent(time -> timers.put(JobTimer.TTL, draft.now().plus(time)));
        return timers;
    }
}

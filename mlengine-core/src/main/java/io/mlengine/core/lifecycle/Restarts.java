package io.mlengine.core.lifecycle;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.BackOff;
import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.JobRecord.DrainTarget;
import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.job.ReplicaRecord.Intent;
import io.mlengine.core.job.RetryCount;
import io.mlengine.core.lifecycle.Gang.Member;
import io.mlengine.spi.backend.StopReason;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.RestartScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Another try after a failure: charged to one budget in the same record as the restart itself. */
final class Restarts {
    private Restarts() {}

    /** Ends the attempt and queues the job again, or ends the job when the budget that has to pay is used up. */
    static void group(Draft draft, FailureCause cause) {
        Budget budget = Budget.of(cause.failureClass())
                .orElseThrow(() -> new IllegalArgumentException("permanent: " + cause.failureClass()));
        if (budget.isExhausted(draft.record())) {
            Endings.fail(draft, exhaustedReason(cause.failureClass()), cause);
            return;
        }
        RetryCount charged = budget.charge(afterReset(draft));
        RetryCount retries = new RetryCount(
                charged.user(), charged.infrastructure(), charged.preemption(), charged.sinceReset() + 1);
        draft.change(builder -> builder.retries(retries));
        draft.changeAttempt(builder -> builder.cause(cause));
        if (cause.failureClass() == FailureClass.QUOTA
                && draft.record().startedAt().isEmpty()) {
            // Its time has not begun: the deadline counts from the grant that a start follows.
            draft.disarm(JobTimer.DEADLINE);
        }
        Draining.begin(
                draft, Phase.RESTARTING, DrainTarget.QUEUED, StopReason.RESTART, cause.reason(), cause.message());
    }

    /** Ends the attempt and queues the job again without charging anybody: it is no failure. */
    static void uncharged(Draft draft, String reason, String message) {
        Draining.begin(draft, Phase.RESTARTING, DrainTarget.QUEUED, StopReason.RESTART, reason, message);
    }

    /** Has the failed replica, or all of its role, started again inside the attempt. */
    static void inPlace(Draft draft, Failure failure) {
        Budget budget = Budget.of(failure.cause().failureClass()).orElseThrow();
        draft.change(builder -> builder.retries(budget.charge(draft.record().retries())));
        Member failed = failure.member();
        draft.replica(failed.replica().orElseThrow().charged().withIntent(Intent.REPLACE));
        if (failure.scope() == RestartScope.ROLE) {
            replaceOthers(draft, failed);
        }
    }

    private static void replaceOthers(Draft draft, Member failed) {
        List<ReplicaId> stop = new ArrayList<>();
        for (Member other : draft.gang().of(failed.role())) {
            if (other.shallRun() && !other.hasSucceeded()) {
                ReplicaRecord replica = other.replica().orElseThrow();
                draft.replica(replica.withIntent(Intent.REPLACE));
                if (replica.mayLive()) {
                    stop.add(replica.id());
                }
            }
        }
        draft.stop(stop, StopReason.RESTART);
    }

    static String exhaustedReason(FailureClass failure) {
        return failure == FailureClass.PREEMPTED ? Reason.PREEMPTION_LIMIT_EXCEEDED : Reason.BACKOFF_LIMIT_EXCEEDED;
    }

    /** The wait before the attempt after the one that just failed. What no budget ends goes at the engine's own pace. */
    static Duration backOff(Draft draft) {
        boolean waitsForQuota = draft.record()
                .attempt()
                .flatMap(Attempt::cause)
                .filter(cause -> cause.failureClass() == FailureClass.QUOTA)
                .isPresent();
        BackOff backOff = waitsForQuota
                ? BackOff.DEFAULT
                : draft.record().train().runPolicy().backOff();
        return backOff.before(Math.max(0, draft.record().retries().sinceReset() - 1));
    }

    /** A long run forgets earlier failures as far as the wait is concerned; the budgets stay charged. */
    private static RetryCount afterReset(Draft draft) {
        RetryCount count = draft.record().retries();
        Duration forgetsAfter = draft.record().train().runPolicy().backOff().resetAfter();
        boolean ranLong = draft.attempt()
                .runningAt()
                .map(since -> !since.plus(forgetsAfter).isAfter(draft.now()))
                .orElse(false);
        return ranLong ? new RetryCount(count.user(), count.infrastructure(), count.preemption(), 0) : count;
    }
}

package io.mlengine.core.lifecycle;

import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.JobRecord.DrainTarget;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.Outcome.Result;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.backend.StopReason;
import java.util.Optional;

/** The three outcomes: each is stored first, then the job drains, then the terminal phase is written. */
final class Endings {
    private Endings() {}

    static void succeed(Draft draft) {
        decide(draft, Result.SUCCEEDED, Reason.SUCCEEDED, "", Optional.empty(), StopReason.FINISHED);
    }

    static void fail(Draft draft, String reason, FailureCause cause) {
        if (draft.hasOpenAttempt()) {
            draft.changeAttempt(builder -> builder.cause(cause));
        }
        decide(draft, Result.FAILED, reason, cause.message(), Optional.of(cause), StopReason.FINISHED);
    }

    static void fail(Draft draft, String reason, String message) {
        decide(draft, Result.FAILED, reason, message, lastCause(draft), StopReason.FINISHED);
    }

    static void cancel(Draft draft, String reason, String message) {
        decide(draft, Result.CANCELLED, reason, message, lastCause(draft), StopReason.CANCELLED);
    }

    private static void decide(
            Draft draft, Result result, String reason, String message, Optional<FailureCause> cause, StopReason why) {
        Outcome outcome = new Outcome(result, reason, message, cause, draft.now());
        draft.change(builder -> builder.outcome(outcome));
        Draining.begin(draft, Phase.STOPPING, DrainTarget.OUTCOME, why, reason, message);
    }

    private static Optional<FailureCause> lastCause(Draft draft) {
        return draft.record().attempt().flatMap(attempt -> attempt.cause());
    }
}

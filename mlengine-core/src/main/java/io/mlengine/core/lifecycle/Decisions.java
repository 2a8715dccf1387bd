package io.mlengine.core.lifecycle;

import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.Phase;
import io.mlengine.core.lifecycle.JobEvent.OrderFailed;
import io.mlengine.spi.model.FailureClass;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Carries out what a look at the whole gang says. */
final class Decisions {
    /** How long success and failure of one instant may take to arrive. */
    static final Duration SETTLE_WINDOW = Duration.ofSeconds(1);

    private Decisions() {}

    /**
     * Looks and acts, until there is nothing more to do.
     *
     * @param draft a job that is starting, running or resizing
     * @param settled whether the settle window is over
     */
    static void take(Draft draft, boolean settled) {
        Verdict verdict = Verdict.of(draft.gang(), settled);
        while (verdict.kind() == Verdict.Kind.RESTART_IN_PLACE) {
            Restarts.inPlace(draft, verdict.failure().orElseThrow());
            verdict = Verdict.of(draft.gang(), settled);
        }
        if (verdict.kind() == Verdict.Kind.SETTLE) {
            Launching.runIfComplete(draft);
            if (!draft.isArmed(JobTimer.SETTLE)) {
                draft.arm(JobTimer.SETTLE, draft.now().plus(SETTLE_WINDOW));
            }
            return;
        }
        draft.disarm(JobTimer.SETTLE);
        if (!end(draft, verdict)) {
            Launching.advance(draft);
        }
    }

    /** Ends a job whose end is certain although the settle window is open; tells whether it did. */
    static boolean endIfCertain(Draft draft) {
        if (!draft.isArmed(JobTimer.SETTLE)) {
            return false;
        }
        Verdict verdict = Verdict.of(draft.gang(), true);
        return verdict.kind() != Verdict.Kind.RESTART_GROUP && end(draft, verdict);
    }

    private static boolean end(Draft draft, Verdict verdict) {
        switch (verdict.kind()) {
            case SUCCEED -> {
                Launching.runIfComplete(draft);
                Endings.succeed(draft);
            }
            case FAIL -> Endings.fail(draft, verdict.reason(), verdict.cause().orElseGet(Decisions::tooFew));
            case RESTART_GROUP -> Restarts.group(draft, verdict.cause().orElseThrow());
            case STAY, SETTLE, RESTART_IN_PLACE -> {
                return false;
            }
        }
        return true;
    }

    private static FailureCause tooFew() {
        return cause(FailureClass.CONFIGURATION, Reason.SUCCESS_UNREACHABLE, "Fewer replicas than must succeed");
    }

    /** An order to reserve, plan or launch has failed. */
    static void orderFailed(Draft draft, OrderFailed event) {
        if (!draft.hasOpenAttempt() || !draft.attempt().id().equals(event.attempt())) {
            return;
        }
        Reports.giveUpUnreported(draft);
        if (draft.record().drainsTo().isPresent()) {
            Draining.advance(draft);
        } else if (event.reason().equals(Reason.RESTART_TO_RESIZE)) {
            Restarts.uncharged(draft, event.reason(), event.message());
        } else {
            FailureCause cause = cause(event.failure(), event.reason(), event.message());
            if (Budget.of(event.failure()).isPresent()) {
                Restarts.group(draft, cause);
            } else {
                Endings.fail(draft, event.reason(), cause);
            }
        }
    }

    /** Looks at the timers, in the order of what they outrank; each is looked at in the phase that the one before left. */
    static void wake(Draft draft) {
        if (draft.isDue(JobTimer.DEADLINE)) {
            Duration deadline =
                    draft.record().train().runPolicy().activeDeadline().orElse(Duration.ZERO);
            Endings.fail(draft, Reason.DEADLINE_EXCEEDED, "Did not end within " + deadline);
        }
        if (draft.isDue(JobTimer.DRAIN)) {
            Draining.insist(draft);
        }
        if (draft.isDue(JobTimer.BACK_OFF)) {
            draft.disarm(JobTimer.BACK_OFF);
        }
        if (draft.isDue(JobTimer.SETTLE)) {
            take(draft, true);
        }
        if (draft.isDue(JobTimer.START)) {
            Restarts.group(draft, cause(FailureClass.INFRASTRUCTURE, Reason.START_TIMEOUT, Launching.missing(draft)));
        }
        if (draft.isDue(JobTimer.PROGRESS)) {
            Duration limit =
                    draft.record().train().runPolicy().progressTimeout().orElse(Duration.ZERO);
            Restarts.group(
                    draft, cause(FailureClass.USER_RETRYABLE, Reason.NO_PROGRESS, "No progress within " + limit));
        }
        if (draft.isDue(JobTimer.TTL)) {
            Wishes.remove(draft);
        }
    }

    /** The program showed that it is alive. */
    static void progressed(Draft draft, JobEvent.Progressed event) {
        boolean current = draft.hasOpenAttempt() && draft.attempt().id().equals(event.attempt());
        if (current && draft.phase() == Phase.RUNNING && draft.isArmed(JobTimer.PROGRESS)) {
            draft.record()
                    .train()
                    .runPolicy()
                    .progressTimeout()
                    .ifPresent(time -> draft.arm(JobTimer.PROGRESS, draft.now().plus(time)));
        }
    }

    static FailureCause cause(FailureClass failure, String reason, String message) {
        return new FailureCause(failure, reason, message, Optional.empty(), Optional.empty(), List.of());
    }
}

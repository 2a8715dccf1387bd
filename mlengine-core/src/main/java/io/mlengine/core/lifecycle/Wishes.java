package io.mlengine.core.lifecycle;

import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.JobRecord.Desired;
import io.mlengine.core.job.JobRecord.DrainTarget;
import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.RetryCount;
import io.mlengine.spi.backend.StopReason;
import io.mlengine.spi.model.FailureClass;
import java.util.TreeMap;

/** What users and the scheduler wish. A wish may change while the job drains; a decided outcome does not. */
final class Wishes {
    private Wishes() {}

    static void accept(Draft draft) {
        if (draft.phase() == Phase.CREATED) {
            if (draft.record().desired() == Desired.SUSPEND) {
                draft.enter(Phase.SUSPENDED, Reason.SUSPENDED, "");
            } else {
                draft.enter(Phase.QUEUED, Reason.ACCEPTED, "");
            }
        }
    }

    static void suspend(Draft draft) {
        switch (draft.phase()) {
            case CREATED -> desire(draft, Desired.SUSPEND);
            case QUEUED -> {
                desire(draft, Desired.SUSPEND);
                draft.disarm(JobTimer.BACK_OFF, JobTimer.DEADLINE);
                draft.enter(Phase.SUSPENDED, Reason.SUSPENDED, "");
            }
            case ADMITTED, STARTING, RUNNING, RESIZING, RESTARTING -> {
                if (!Decisions.endIfCertain(draft)) {
                    desire(draft, Desired.SUSPEND);
                    Draining.begin(
                            draft, Phase.SUSPENDING, DrainTarget.SUSPENDED, StopReason.SUSPENDED, Reason.SUSPENDED, "");
                }
            }
            case SUSPENDING -> {
                desire(draft, Desired.SUSPEND);
                draft.disarm(JobTimer.DEADLINE);
                draft.change(builder -> builder.drainsTo(DrainTarget.SUSPENDED));
            }
            case SUSPENDED, STOPPING, SUCCEEDED, FAILED, CANCELLED, DELETING -> {}
        }
    }

    static void resume(Draft draft) {
        switch (draft.phase()) {
            case CREATED -> desire(draft, Desired.RUN);
            case SUSPENDED -> {
                desire(draft, Desired.RUN);
                draft.enter(Phase.QUEUED, Reason.RESUMED, "");
            }
            case SUSPENDING -> {
                desire(draft, Desired.RUN);
                draft.change(builder -> builder.drainsTo(DrainTarget.QUEUED));
            }
            case QUEUED,
                    ADMITTED,
                    STARTING,
                    RUNNING,
                    RESIZING,
                    RESTARTING,
                    STOPPING,
                    SUCCEEDED,
                    FAILED,
                    CANCELLED,
                    DELETING -> {}
        }
    }

    static void preempt(Draft draft, String reason) {
        boolean live = draft.hasOpenAttempt() && draft.record().drainsTo().isEmpty();
        if (!live || Decisions.endIfCertain(draft)) {
            return;
        }
        if (Budget.PREEMPTION.isExhausted(draft.record())) {
            FailureCause cause = Decisions.cause(FailureClass.PREEMPTED, Reason.PREEMPTED, reason);
            Endings.fail(draft, Reason.PREEMPTION_LIMIT_EXCEEDED, cause);
            return;
        }
        RetryCount charged = Budget.PREEMPTION.charge(draft.record().retries());
        draft.change(builder -> builder.retries(charged));
        Draining.begin(draft, Phase.SUSPENDING, DrainTarget.QUEUED, StopReason.PREEMPTED, Reason.PREEMPTED, reason);
    }

    static void resize(Draft draft, JobEvent.Resize event) {
        if (draft.record().outcome().isEmpty()) {
            Resizing.wish(draft, event.sizes());
        }
    }

    static void cancel(Draft draft, String message) {
        if (draft.record().outcome().isEmpty()) {
            desire(draft, Desired.CANCEL);
            Endings.cancel(draft, Reason.CANCELLED, message);
        }
    }

    static void delete(Draft draft) {
        // Asked again, it is on its way already: a deleted job that has ended goes at its next wake.
        if (draft.phase() == Phase.DELETING || draft.record().desired() == Desired.DELETE) {
            return;
        }
        desire(draft, Desired.DELETE);
        if (draft.phase().isTerminal()) {
            remove(draft);
        } else if (draft.record().outcome().isEmpty()) {
            Endings.cancel(draft, Reason.DELETED, "");
        }
    }

    /** Begins to forget a job that has ended. */
    static void remove(Draft draft) {
        String reason = draft.record().desired() == Desired.DELETE ? Reason.DELETED : Reason.EXPIRED;
        draft.enter(Phase.DELETING, reason, "", builder -> builder.timers(new TreeMap<>()));
        draft.order(new Effect.Remove(draft.record().id()));
    }

    static void removed(Draft draft) {
        if (draft.phase() == Phase.DELETING) {
            draft.order(new Effect.Forget(draft.record().id()));
        }
    }

    private static void desire(Draft draft, Desired desired) {
        draft.change(builder -> builder.desired(desired));
    }
}

package io.mlengine.backend.k8s.delegate;

import io.mlengine.backend.k8s.delegate.DelegateStep.Order;
import io.mlengine.backend.k8s.delegate.DelegateView.Found;
import io.mlengine.backend.k8s.delegate.KubeflowJob.Holding;
import io.mlengine.backend.k8s.delegate.KubeflowJob.Type;
import io.mlengine.backend.k8s.resource.Words;
import io.mlengine.core.job.JobRecord.Desired;
import io.mlengine.core.job.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what becomes of a job that another controller runs: what its status says, and what is done next. Pure, and told
 * nothing but what is there now: so it may be asked at any time, by any process, and says the same.
 *
 * <p>An outcome is decided once. Afterwards nothing is made or changed any more. An object that somebody deletes is made
 * again, which is paid by the budget for failures of the infrastructure.
 */
final class DelegateDecision {
    /** After what time a name that is taken, or a kind that is not there, is looked at again. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Reasons why the API server does not let us make or change the object now. */
    static final Set<String> HINDRANCES = Set.of("Refused", "Forbidden", "QuotaExceeded");

    private final DelegateView view;
    private final Instant now;
    private final Told told;

    private DelegateDecision(DelegateView view, Instant now) {
        this.view = view;
        this.now = now;
        this.told = Told.of(view.status());
    }

    /** What is to be done now. */
    static DelegateStep of(DelegateView view, Instant now) {
        return new DelegateDecision(view, now).step();
    }

    /** What is to be done when the API server, or a webhook of the other controller, has refused the object for good. */
    static DelegateStep refused(DelegateView view, String text, Instant now) {
        DelegateDecision decision = new DelegateDecision(view, now);
        return decision.step(decision.told.in(Phase.FAILED, "Refused", text).finishedAt(now), Order.NONE);
    }

    /**
     * What is told while the object cannot be made or changed, which is tried again.
     *
     * @param reason one of {@link #HINDRANCES}
     */
    static DelegateStep hindered(DelegateView view, String reason, String text, Instant now) {
        return new DelegateDecision(view, now).waits(reason, text);
    }

    private DelegateStep step() {
        if (view.desired() == Desired.DELETE) {
            return deleting();
        }
        if (told.phase().isTerminal()) {
            return ended();
        }
        if (view.found() == Found.NO_ACCESS) {
            return waits("Forbidden", "this engine may not look at a " + kind() + ": bind the role of its manifest");
        }
        if (told.phase() == Phase.STOPPING || view.desired() == Desired.CANCEL) {
            return cancelling();
        }
        return switch (view.found()) {
            case OURS -> seen(view.object().orElseThrow());
            case OTHERS -> waits("NameTaken", "a " + kind() + " of this name is there and belongs to somebody else");
            case NOTHING -> nothing();
            case NO_KIND, NO_ACCESS -> noKind();
        };
    }

    private DelegateStep deleting() {
        return view.object().isPresent()
                ? step(told.in(Phase.DELETING, "Deleted", "waits for the end of its " + kind()), delete())
                : new DelegateStep(view.status(), Order.RELEASE, Optional.empty());
    }

    private DelegateStep ended() {
        Optional<Instant> due = Optional.ofNullable(told.finishedAt())
                .map(Instant::parse)
                .flatMap(end -> view.train().runPolicy().ttlAfterFinished().map(end::plus));
        if (due.isPresent() && !due.get().isAfter(now)) {
            return new DelegateStep(view.status(), Order.REMOVE, Optional.empty());
        }
        return new DelegateStep(view.status(), Order.NONE, due);
    }

    private DelegateStep cancelling() {
        return view.object().isPresent()
                ? step(told.in(Phase.STOPPING, "Cancelled", "waits for the end of its " + kind()), delete())
                : step(told.in(Phase.CANCELLED, "Cancelled", "").with(null).finishedAt(now), Order.NONE);
    }

    private Order delete() {
        return view.object().filter(object -> !object.isLeaving()).isPresent() ? Order.DELETE : Order.NONE;
    }

    private DelegateStep seen(KubeflowJob object) {
        Told known = object.holding(Type.RUNNING)
                .map(running -> told.startedAt(running.since().equals(Instant.EPOCH) ? now : running.since()))
                .orElse(told)
                .with(object.uid());
        Optional<Holding> end = object.end();
        if (end.isPresent()) {
            Phase phase = end.get().type() == Type.SUCCEEDED ? Phase.SUCCEEDED : Phase.FAILED;
            Instant at = object.finishedAt()
                    .orElse(
                            end.get().since().equals(Instant.EPOCH)
                                    ? now
                                    : end.get().since());
            return step(in(known, phase, end.get()).finishedAt(at), Order.NONE);
        }
        boolean isHeldBack = view.desired() == Desired.SUSPEND;
        if (object.isLeaving()) {
            Phase phase = isHeldBack ? Phase.SUSPENDING : Phase.RESTARTING;
            return step(known.in(phase, "ObjectDeleted", "somebody deletes its " + kind()), Order.NONE);
        }
        Told next = isHeldBack ? heldBack(known, object) : going(known, object);
        boolean isAsWished = object.isSuspended() == isHeldBack && object.hasSizes(view.sizes());
        if (isAsWished) {
            return step(next, Order.NONE);
        }
        // What kept it from being changed holds until it is changed.
        boolean isHindered = HINDRANCES.contains(told.reason()) && next.phase() == told.phase();
        return step(isHindered ? next.in(told.phase(), told.reason(), told.message()) : next, Order.CHANGE);
    }

    private static Told heldBack(Told known, KubeflowJob object) {
        return object.holding(Type.SUSPENDED)
                .filter(suspended -> object.isSuspended())
                .map(suspended -> in(known, Phase.SUSPENDED, suspended))
                .orElseGet(() -> known.in(Phase.SUSPENDING, "Suspended", ""));
    }

    private Told going(Told known, KubeflowJob object) {
        boolean isResumed = known.phase() == Phase.SUSPENDED || known.phase() == Phase.SUSPENDING;
        Told counted = isResumed ? known.nextAttempt() : known;
        if (object.isSuspended() || object.holding(Type.SUSPENDED).isPresent()) {
            return counted.in(Phase.STARTING, "Resumed", "");
        }
        return object.doing()
                .map(doing -> in(counted, doing.type() == Type.RUNNING ? Phase.RUNNING : Phase.RESTARTING, doing))
                .orElseGet(() -> object.holding(Type.CREATED)
                        .map(created -> in(counted, Phase.STARTING, created))
                        .orElseGet(() ->
                                counted.in(Phase.STARTING, "ObjectMade", "waits for the controller of " + kind())));
    }

    private static Told in(Told known, Phase phase, Holding condition) {
        return known.in(
                phase,
                condition.reason().isEmpty() ? Words.of(condition.type()) : condition.reason(),
                condition.message());
    }

    private DelegateStep nothing() {
        boolean isLost = told.uid() != null;
        if (view.desired() == Desired.SUSPEND) {
            return step(told.with(null).in(Phase.SUSPENDED, "Suspended", ""), Order.NONE);
        }
        if (!view.isReadable()) {
            return waits("Unreadable", "the spec cannot be read any more, so its " + kind() + " is not made");
        }
        if (told.isIdle()) {
            return step(
                    told.nextAttempt().with(null).in(Phase.STARTING, "ObjectMade", "its " + kind() + " is made"),
                    Order.CREATE);
        }
        if (!isLost) {
            // It was about to be made.
            return step(told, Order.CREATE);
        }
        int most = view.train().runPolicy().retries().infrastructure();
        if (told.madeAgain() >= most) {
            String text = "somebody deleted its " + kind() + ", and it was made again " + most + " times before";
            return step(told.with(null).in(Phase.FAILED, "ObjectDeleted", text).finishedAt(now), Order.NONE);
        }
        String text = "somebody deleted its " + kind() + ", which is made again";
        return step(told.nextAttempt().onceMore().with(null).in(Phase.RESTARTING, "ObjectDeleted", text), Order.CREATE);
    }

    private DelegateStep noKind() {
        if (view.desired() == Desired.SUSPEND) {
            return nothing();
        }
        String version = view.train().delegate().orElseThrow().apiVersion();
        return waits("KindNotInstalled", kind() + " of " + version + " is not installed in this cluster");
    }

    private DelegateStep waits(String reason, String text) {
        boolean hasVanished =
                told.phase() == Phase.RUNNING && view.object().isEmpty() && view.found() != Found.NO_ACCESS;
        Phase idle = told.isIdle() && view.object().isEmpty() ? Phase.QUEUED : told.phase();
        Phase phase = hasVanished ? Phase.RESTARTING : idle;
        return new DelegateStep(
                DelegateStatuses.of(view, told.in(phase, reason, text), now),
                Order.NONE,
                Optional.of(now.plus(PATIENCE)));
    }

    private DelegateStep step(Told next, Order order) {
        return new DelegateStep(DelegateStatuses.of(view, next, now), order, Optional.empty());
    }

    private String kind() {
        return view.train().delegate().orElseThrow().kind().word();
    }
}

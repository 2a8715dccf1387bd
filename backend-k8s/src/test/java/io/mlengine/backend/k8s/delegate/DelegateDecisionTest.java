package io.mlengine.backend.k8s.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.k8s.delegate.DelegateStep.Order;
import io.mlengine.backend.k8s.delegate.DelegateView.Found;
import io.mlengine.backend.k8s.delegate.KubeflowJob.Counts;
import io.mlengine.backend.k8s.delegate.KubeflowJob.Holding;
import io.mlengine.backend.k8s.delegate.KubeflowJob.Type;
import io.mlengine.backend.k8s.resource.MLTrainCondition;
import io.mlengine.backend.k8s.resource.MLTrainDelegate;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.core.job.Delegate;
import io.mlengine.core.job.DelegateKind;
import io.mlengine.core.job.JobRecord.Desired;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Retries;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What becomes of a job that another controller runs, step by step. */
class DelegateDecisionTest {
    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
    private static final MLTrain TRAIN = MLTrain.named("mnist")
            .framework("pytorch")
            .delegate(new Delegate(DelegateKind.PYTORCH_JOB, DelegateKind.USUAL_VERSION))
            .runPolicy(RunPolicy.builder()
                    .retries(new Retries(3, 1, OptionalInt.empty()))
                    .ttlAfterFinished(Duration.ofHours(1))
                    .build())
            .addRole(Role.named("master").image("i").build())
            .addRole(Role.named("worker").image("i").replicas(2).build())
            .build();

    private MLTrainStatus status = MLTrainStatus.builder().build();
    private Desired desired = Desired.RUN;

    private DelegateView view(Found found, Optional<KubeflowJob> object) {
        return new DelegateView(TRAIN, true, desired, 1, status, found, object);
    }

    private Order decide(DelegateView view, Instant now) {
        DelegateStep step = DelegateDecision.of(view, now);
        status = step.status();
        // Whoever stops here, or asks twice, hears the same.
        assertThat(DelegateDecision.of(view.with(status), now).status()).isEqualTo(status);
        return step.order();
    }

    private Order absent() {
        return decide(view(Found.NOTHING, Optional.empty()), NOW);
    }

    private Order seen(KubeflowJob object) {
        return decide(view(Found.OURS, Optional.of(object)), NOW);
    }

    private static KubeflowJob object(String uid, boolean isSuspended, Holding... conditions) {
        return new KubeflowJob(
                uid,
                false,
                isSuspended,
                new TreeMap<>(Map.of("master", 1, "worker", 2)),
                List.of(conditions),
                new TreeMap<>(Map.of("worker", new Counts(2, 0, 1))),
                Optional.empty());
    }

    private static Holding holds(Type type, int second) {
        return new Holding(type, NOW.minusSeconds(60 - second), "PyTorchJob" + type, "it says " + type);
    }

    private void running() {
        absent();
        seen(object("u1", false, holds(Type.CREATED, 0), holds(Type.RUNNING, 5)));
    }

    private Optional<String> since(String type) {
        return status.conditions().stream()
                .filter(condition -> type.equals(condition.type()) && "True".equals(condition.status()))
                .map(MLTrainCondition::lastTransitionTime)
                .findFirst();
    }

    @Test
    void theAttemptIsWrittenBeforeTheObjectIsMade() {
        assertThat(absent()).isEqualTo(Order.CREATE);

        assertThat(status.phase()).isEqualTo("Starting");
        assertThat(status.attempt()).isEqualTo(1);
        assertThat(Objects.requireNonNull(status.delegate()).kind()).isEqualTo("PyTorchJob");
        // A process that ended in between goes on where the other one was.
        assertThat(absent()).isEqualTo(Order.CREATE);
        assertThat(status.attempt()).isEqualTo(1);
    }

    @Test
    void itRunsToItsEnd() {
        running();

        assertThat(status.phase()).isEqualTo("Running");
        assertThat(status.message()).isEqualTo("it says RUNNING");
        assertThat(status.startedAt()).isEqualTo("2026-11-26T11:59:05Z");
        assertThat(status.ready()).isEqualTo("2/3");
        assertThat(status.roles().get(1).failed()).isEqualTo(1);
        assertThat(since("Running")).contains("2026-11-26T12:00:00Z");

        assertThat(seen(object("u1", false, holds(Type.SUCCEEDED, 9)))).isEqualTo(Order.NONE);
        assertThat(status.phase()).isEqualTo("Succeeded");
        assertThat(status.finishedAt()).isEqualTo("2026-11-26T11:59:09Z");
        assertThat(since("Succeeded")).isPresent();
        assertThat(since("Running")).isEmpty();
    }

    @Test
    void anOutcomeIsDecidedOnce() {
        running();
        seen(object("u1", false, holds(Type.FAILED, 9)));
        MLTrainStatus failed = status;

        seen(object("u1", false, holds(Type.SUCCEEDED, 5), holds(Type.FAILED, 9)));
        absent();
        desired = Desired.CANCEL;
        absent();

        assertThat(failed.phase()).isEqualTo("Failed");
        assertThat(status).isEqualTo(failed);
    }

    @Test
    void ofTwoOutcomesTheFirstCountsAndOfTheSameSecondSuccess() {
        assertThat(object("u", false, holds(Type.SUCCEEDED, 6), holds(Type.FAILED, 5))
                        .end()
                        .map(Holding::type))
                .contains(Type.FAILED);
        assertThat(object("u", false, holds(Type.FAILED, 5), holds(Type.SUCCEEDED, 5))
                        .end()
                        .map(Holding::type))
                .contains(Type.SUCCEEDED);
    }

    @Test
    void aRestartIsTold() {
        running();

        seen(object("u1", false, holds(Type.CREATED, 0), holds(Type.RUNNING, 5), holds(Type.RESTARTING, 7)));

        assertThat(status.phase()).isEqualTo("Restarting");
        assertThat(status.reason()).isEqualTo("PyTorchJobRESTARTING");
        assertThat(status.attempt()).isEqualTo(1);
    }

    @Test
    void itIsHeldBackAndGoesOnInANewAttempt() {
        running();
        desired = Desired.SUSPEND;
        assertThat(seen(object("u1", false, holds(Type.RUNNING, 5)))).isEqualTo(Order.CHANGE);
        assertThat(status.phase()).isEqualTo("Suspending");
        assertThat(seen(object("u1", true, holds(Type.SUSPENDED, 8)))).isEqualTo(Order.NONE);
        assertThat(status.phase()).isEqualTo("Suspended");

        desired = Desired.RUN;
        assertThat(seen(object("u1", true, holds(Type.SUSPENDED, 8)))).isEqualTo(Order.CHANGE);
        assertThat(status.phase()).isEqualTo("Starting");
        assertThat(status.attempt()).isEqualTo(2);
        seen(object("u1", false, holds(Type.RUNNING, 9)));
        assertThat(status.phase()).isEqualTo("Running");
        assertThat(status.attempt()).isEqualTo(2);
    }

    @Test
    void nothingIsMadeForAJobThatIsHeldBack() {
        desired = Desired.SUSPEND;

        assertThat(absent()).isEqualTo(Order.NONE);
        assertThat(status.phase()).isEqualTo("Suspended");
        assertThat(status.attempt()).isZero();
    }

    @Test
    void anObjectThatSomebodyDeletesIsMadeAgainAsOftenAsTheBudgetAllows() {
        running();

        assertThat(absent()).isEqualTo(Order.CREATE);
        assertThat(status.phase()).isEqualTo("Restarting");
        assertThat(status.attempt()).isEqualTo(2);
        assertThat(Objects.requireNonNull(status.delegate()).uid()).isNull();
        seen(object("u2", false, holds(Type.RUNNING, 9)));
        assertThat(absent()).isEqualTo(Order.NONE);

        assertThat(status.phase()).isEqualTo("Failed");
        assertThat(status.reason()).isEqualTo("ObjectDeleted");
    }

    @Test
    void aCancelDeletesAndIsOverWhenNothingIsLeft() {
        running();
        desired = Desired.CANCEL;

        assertThat(seen(object("u1", false, holds(Type.SUCCEEDED, 9)))).isEqualTo(Order.DELETE);
        assertThat(status.phase()).isEqualTo("Stopping");
        assertThat(absent()).isEqualTo(Order.NONE);
        assertThat(status.phase()).isEqualTo("Cancelled");
        assertThat(since("Failed")).isPresent();
    }

    @Test
    void anObjectThatIsDeletedGoesLast() {
        running();
        desired = Desired.DELETE;

        assertThat(seen(object("u1", false, holds(Type.RUNNING, 5)))).isEqualTo(Order.DELETE);
        assertThat(status.phase()).isEqualTo("Deleting");
        assertThat(absent()).isEqualTo(Order.RELEASE);
    }

    @Test
    void aKindThatIsNotThereIsWaitedFor() {
        DelegateStep step = DelegateDecision.of(view(Found.NO_KIND, Optional.empty()), NOW);

        assertThat(step.order()).isEqualTo(Order.NONE);
        assertThat(step.wakeAt()).contains(NOW.plus(DelegateDecision.PATIENCE));
        assertThat(step.status().phase()).isEqualTo("Queued");
        assertThat(step.status().reason()).isEqualTo("KindNotInstalled");
        assertThat(step.status().message()).isEqualTo("PyTorchJob of kubeflow.org/v1 is not installed in this cluster");
        status = step.status();
        assertThat(absent()).isEqualTo(Order.CREATE);
        assertThat(status.attempt()).isEqualTo(1);
    }

    @Test
    void aKindThatGoesTakesTheObjectAlong() {
        running();
        decide(view(Found.NO_KIND, Optional.empty()), NOW);
        assertThat(status.phase()).isEqualTo("Restarting");

        assertThat(absent()).isEqualTo(Order.CREATE);
        assertThat(Objects.requireNonNull(status.delegate()).madeAgain()).isEqualTo(1);
    }

    @Test
    void whoMayNotLookSaysSoAndAssumesNothing() {
        running();

        assertThat(decide(view(Found.NO_ACCESS, Optional.empty()), NOW)).isEqualTo(Order.NONE);

        assertThat(status.phase()).isEqualTo("Running");
        assertThat(status.reason()).isEqualTo("Forbidden");
        desired = Desired.CANCEL;
        decide(view(Found.NO_ACCESS, Optional.empty()), NOW);
        assertThat(status.phase()).isEqualTo("Running");
    }

    @Test
    void anObjectOfSomebodyElseIsLeftAlone() {
        assertThat(decide(view(Found.OTHERS, Optional.empty()), NOW)).isEqualTo(Order.NONE);

        assertThat(status.phase()).isEqualTo("Queued");
        assertThat(status.reason()).isEqualTo("NameTaken");
    }

    @Test
    void itIsRemovedWhenItsTimeIsOver() {
        running();
        seen(object("u1", false, holds(Type.SUCCEEDED, 9)));

        DelegateStep before = DelegateDecision.of(view(Found.NOTHING, Optional.empty()), NOW);
        DelegateStep after = DelegateDecision.of(view(Found.NOTHING, Optional.empty()), NOW.plus(Duration.ofHours(1)));

        assertThat(before.order()).isEqualTo(Order.NONE);
        assertThat(before.wakeAt()).contains(Instant.parse("2026-11-26T12:59:09Z"));
        assertThat(after.order()).isEqualTo(Order.REMOVE);
    }

    @Test
    void aRefusalForGoodIsAFailure() {
        absent();

        DelegateStep step = DelegateDecision.refused(view(Found.NOTHING, Optional.empty()), "no such field", NOW);

        assertThat(step.status().phase()).isEqualTo("Failed");
        assertThat(step.status().reason()).isEqualTo("Refused");
        assertThat(step.status().message()).isEqualTo("no such field");
    }

    @Test
    void whatHindersAChangeIsToldUntilItIsChanged() {
        running();
        desired = Desired.SUSPEND;
        KubeflowJob runs = object("u1", false, holds(Type.RUNNING, 5));
        seen(runs);

        DelegateStep step =
                DelegateDecision.hindered(view(Found.OURS, Optional.of(runs)), "Forbidden", "may not patch", NOW);
        status = step.status();
        assertThat(status.phase()).isEqualTo("Suspending");
        assertThat(step.wakeAt()).contains(NOW.plus(DelegateDecision.PATIENCE));
        assertThat(seen(runs)).isEqualTo(Order.CHANGE);
        assertThat(status.message()).isEqualTo("may not patch");

        seen(object("u1", true, holds(Type.SUSPENDED, 8)));
        assertThat(status.phase()).isEqualTo("Suspended");
        assertThat(status.message()).isEqualTo("it says SUSPENDED");
    }

    @Test
    void aQuotaIsWaitedFor() {
        absent();

        status = DelegateDecision.hindered(view(Found.NOTHING, Optional.empty()), "QuotaExceeded", "no more", NOW)
                .status();

        assertThat(absent()).isEqualTo(Order.CREATE);
        assertThat(status.phase()).isEqualTo("Starting");
        assertThat(status.reason()).isEqualTo("QuotaExceeded");
        assertThat(status.attempt()).isEqualTo(1);
    }

    @Test
    void aSpecThatCannotBeReadAnyMoreMakesNothing() {
        status = MLTrainStatus.builder()
                .phase("Starting")
                .attempt(1)
                .delegate(MLTrainDelegate.builder().kind("PyTorchJob").build())
                .build();
        DelegateView view = new DelegateView(TRAIN, false, desired, 2, status, Found.NOTHING, Optional.empty());

        assertThat(DelegateDecision.of(view, NOW).order()).isEqualTo(Order.NONE);
    }
}

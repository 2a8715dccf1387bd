package io.mlengine.core.lifecycle;

import static io.mlengine.core.lifecycle.Jobs.BACK_OFF;
import static io.mlengine.core.lifecycle.Jobs.chief;
import static io.mlengine.core.lifecycle.Jobs.elastic;
import static io.mlengine.core.lifecycle.Jobs.of;
import static io.mlengine.core.lifecycle.Jobs.server;
import static io.mlengine.core.lifecycle.Jobs.sideCar;
import static io.mlengine.core.lifecycle.Jobs.with;
import static io.mlengine.core.lifecycle.Jobs.worker;
import static io.mlengine.core.lifecycle.Jobs.workers;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.BackOff;
import io.mlengine.core.job.ExitCodes;
import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.Retries;
import io.mlengine.core.job.RetryCount;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.StopReason;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.RestartScope;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureTest {
    @Test
    void permanentExitCodeFailsTheJob() {
        JobDriver job = JobDriver.running(workers(2)).exit("worker", 1, 1);

        assertThat(job.phase()).isEqualTo(Phase.STOPPING);
        assertThat(job.effects(Effect.Stop.class))
                .containsExactly(
                        new Effect.Stop(job.attempt().id(), Set.of(), Duration.ofSeconds(30), StopReason.FINISHED));
        job.allStopped();

        Outcome outcome = job.record().outcome().orElseThrow();
        assertThat(job.phase()).isEqualTo(Phase.FAILED);
        assertThat(outcome.reason()).isEqualTo("ExitCode");
        assertThat(outcome.message()).isEqualTo("worker-1 ended with exit 1");
        assertThat(outcome.cause().orElseThrow().failureClass()).isEqualTo(FailureClass.USER);
        assertThat(job.record().retries()).isEqualTo(RetryCount.ZERO);
    }

    @Test
    void signalRestartsTheWholeGangAndIsChargedToTheUser() {
        JobDriver job = JobDriver.running(workers(2));

        job.exit("worker", 1, ExitStatus.ofSignal(9), job.now());
        assertThat(job.phase()).isEqualTo(Phase.RESTARTING);
        assertThat(job.record().retries()).isEqualTo(new RetryCount(1, 0, 0, 1));
        assertThat(job.effects(Effect.Stop.class).get(0).reason()).isEqualTo(StopReason.RESTART);

        job.allStopped();
        assertThat(job.phase()).isEqualTo(Phase.QUEUED);
        assertThat(job.timer(JobTimer.BACK_OFF)).isEqualTo(job.now().plus(BACK_OFF));
        assertThat(job.effects(Effect.Release.class)).hasSize(1);
        assertThat(job.attempt().endedAt()).contains(job.now());
        assertThat(job.attempt().cause().orElseThrow().replica().orElseThrow().index())
                .isEqualTo(1);
    }

    @Test
    void grantBeforeTheBackOffIsOverIsIgnored() {
        JobDriver job = JobDriver.running(workers(1));
        job.exit("worker", 0, 137);

        assertThat(job.grant().phase()).isEqualTo(Phase.QUEUED);
        assertThat(job.wakeAfter(BACK_OFF).record().timers()).doesNotContainKey(JobTimer.BACK_OFF);
        assertThat(job.grant().phase()).isEqualTo(Phase.ADMITTED);
        assertThat(job.record().attemptNumber()).isEqualTo(2);
        assertThat(job.record().pastAttempts()).hasSize(1);
    }

    @Test
    void backOffDoublesAndIsForgottenAfterALongRun() {
        JobDriver job = JobDriver.running(workers(1));

        job.exit("worker", 0, 137);
        assertThat(job.timer(JobTimer.BACK_OFF)).isEqualTo(job.now().plus(BACK_OFF));
        job.wakeAfter(BACK_OFF).grant().reserved().allReady().exit("worker", 0, 137);
        assertThat(job.timer(JobTimer.BACK_OFF)).isEqualTo(job.now().plus(BACK_OFF.multipliedBy(2)));
        job.wakeAfter(BACK_OFF.multipliedBy(2)).grant().reserved().allReady();
        job.pass(Duration.ofMinutes(10)).exit("worker", 0, 137);

        assertThat(job.timer(JobTimer.BACK_OFF)).isEqualTo(job.now().plus(BACK_OFF));
        assertThat(job.record().retries()).isEqualTo(new RetryCount(3, 0, 0, 1));
    }

    @Test
    void aQuotaIsWaitedForWithoutABudget() {
        JobDriver job = JobDriver.admitted(with(
                policy -> policy.retries(new Retries(0, 0, OptionalInt.of(0)))
                        .backOff(new BackOff(Duration.ZERO, Duration.ZERO, Duration.ofMinutes(10)))
                        .activeDeadline(Duration.ofHours(1)),
                worker(1).build()));

        job.orderFailed(FailureClass.QUOTA, "QuotaExceeded");

        assertThat(job.phase()).isEqualTo(Phase.QUEUED);
        assertThat(job.attempt().cause().orElseThrow().message()).isEqualTo("no");
        assertThat(job.record().retries()).isEqualTo(new RetryCount(0, 0, 0, 1));
        assertThat(job.timer(JobTimer.BACK_OFF))
                .as("the engine's own pace: this job would not wait at all")
                .isEqualTo(job.now().plus(Duration.ofSeconds(10)));
        assertThat(job.record().timers())
                .as("what has not begun has no deadline")
                .doesNotContainKey(JobTimer.DEADLINE);
        job.wakeAfter(Duration.ofSeconds(10)).grant().reserved().orderFailed(FailureClass.QUOTA, "QuotaExceeded");
        job.allStopped();
        assertThat(job.timer(JobTimer.BACK_OFF)).isEqualTo(job.now().plus(Duration.ofSeconds(20)));
    }

    @Test
    void aQuotaMetOnTheWayBackDoesNotStopTheDeadline() {
        JobDriver job = JobDriver.running(with(
                policy -> policy.activeDeadline(Duration.ofHours(1)), worker(1).build()));
        job.exit("worker", 0, 137).wakeAtNextTimer().grant().orderFailed(FailureClass.QUOTA, "QuotaExceeded");

        assertThat(job.phase()).isEqualTo(Phase.QUEUED);
        assertThat(job.record().timers()).containsKey(JobTimer.DEADLINE);
    }

    @Test
    void aReplicaThatWaitsForAQuotaTakesItsGangAlongToBackOff() {
        JobDriver job = JobDriver.running(
                of(worker(2).restartScope(RestartScope.REPLICA).build()));
        job.report(
                job.replica("worker", 0).id(),
                ReplicaState.FAILED,
                status -> status.failureClass(FailureClass.QUOTA).reason("QuotaExceeded"));

        assertThat(job.phase()).isEqualTo(Phase.RESTARTING);
        job.allStopped();
        assertThat(job.record().timers()).containsKey(JobTimer.BACK_OFF);
        assertThat(job.record().retries()).isEqualTo(new RetryCount(0, 0, 0, 1));
    }

    @Test
    void usedUpBudgetFailsTheJobWithTheCause() {
        JobDriver job = JobDriver.running(workers(1));
        for (int i = 0; i < 3; i++) {
            job.exit("worker", 0, 137).wakeAtNextTimer().grant().reserved().allReady();
        }

        job.exit("worker", 0, 137);

        assertThat(job.phase()).isEqualTo(Phase.FAILED);
        Outcome outcome = job.record().outcome().orElseThrow();
        assertThat(outcome.reason()).isEqualTo(Reason.BACKOFF_LIMIT_EXCEEDED);
        assertThat(outcome.cause().orElseThrow().exit()).contains(ExitStatus.ofCode(137));
        assertThat(job.record().retries().user()).isEqualTo(3);
        assertThat(job.record().attemptNumber()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({
        "KUBEFLOW, 1, false",
        "KUBEFLOW, 127, false",
        "KUBEFLOW, 128, true",
        "KUBEFLOW, 139, true",
        "KUBEDL, 137, true",
        "KUBEDL, 139, false",
        "KUBEDL, 1, false",
        "ANY, 1, true",
        "NONE, 137, false"
    })
    void exitCodeProfileTellsWhatIsRetried(ExitCodes.Profile profile, int code, boolean retried) {
        JobDriver job = JobDriver.running(with(
                policy -> policy.exitCodes(new ExitCodes(profile, List.of())),
                worker(1).build()));

        job.exit("worker", 0, code);

        assertThat(job.phase()).isEqualTo(retried ? Phase.QUEUED : Phase.FAILED);
    }

    @Test
    void whatTheBackendKnowsGoesBeforeTheExitCode() {
        JobDriver job = JobDriver.running(workers(1));

        job.report(
                job.replica("worker", 0).id(),
                ReplicaState.FAILED,
                status -> status.exit(ExitStatus.ofCode(1))
                        .failureClass(FailureClass.INFRASTRUCTURE)
                        .reason("PortTaken"));

        assertThat(job.record().retries()).isEqualTo(new RetryCount(0, 1, 0, 1));
        assertThat(cause(job).reason()).isEqualTo("PortTaken");
    }

    @Test
    void replicaThatCouldNotBeStartedIsTheInfrastructuresFault() {
        JobDriver job = JobDriver.starting(workers(1)).state("worker", 0, ReplicaState.FAILED);

        assertThat(job.record().retries()).isEqualTo(new RetryCount(0, 1, 0, 1));
        assertThat(cause(job).reason()).isEqualTo(Reason.NOT_STARTED);
    }

    @Test
    void vanishedReplicaIsTheInfrastructuresFault() {
        JobDriver job = JobDriver.running(workers(1)).state("worker", 0, ReplicaState.GONE);

        assertThat(cause(job).reason()).isEqualTo(Reason.REPLICA_GONE);
        assertThat(job.record().retries().infrastructure()).isEqualTo(1);
    }

    @Test
    void lostReplicaHoldsTheNextAttemptUpUntilItsEndIsKnown() {
        JobDriver job = JobDriver.running(workers(2)).state("worker", 1, ReplicaState.LOST);

        assertThat(job.phase()).isEqualTo(Phase.RESTARTING);
        assertThat(cause(job).reason()).isEqualTo(Reason.NODE_LOST);
        job.exitAfterTerm(job.replica("worker", 0).id());
        assertThat(job.phase()).isEqualTo(Phase.RESTARTING);
        assertThat(job.wakeAtNextTimer().phase()).isEqualTo(Phase.RESTARTING);
        assertThat(job.effects(Effect.Stop.class).get(0).grace()).isZero();
        assertThat(job.wakeAtNextTimer().effects(Effect.Stop.class)).hasSize(1);
        assertThat(job.state("worker", 1, ReplicaState.GONE).phase()).isEqualTo(Phase.QUEUED);
    }

    @Test
    void firstFailureIsTheCauseAndLaterOnesDoNotChangeTheClass() {
        // A chief decides, so that both failures are known before anything is done.
        JobDriver job = JobDriver.running(of(chief().build(), worker(2).build()));

        job.exit("worker", 1, ExitStatus.ofCode(1), job.now().plusMillis(200));
        assertThat(job.phase()).isEqualTo(Phase.RUNNING);
        job.exit("worker", 0, ExitStatus.ofSignal(9), job.now().plusMillis(100));
        job.wakeAfter(Duration.ofSeconds(1));

        assertThat(job.phase()).isEqualTo(Phase.RESTARTING);
        assertThat(cause(job).replica().orElseThrow().index()).isZero();
    }

    @Test
    void replicasThatWeStoppedAreNotTheCause() {
        JobDriver job = JobDriver.running(workers(3));

        job.exit("worker", 2, 137).allStopped();

        assertThat(cause(job).replica().orElseThrow().index()).isEqualTo(2);
        assertThat(job.record().retries().user()).isEqualTo(1);
    }

    @Test
    void outOfMemoryIsRetriedOnceAndThenPermanent() {
        JobDriver job = JobDriver.running(workers(1));

        job.exit("worker", 0, ExitStatus.killedForMemory(), job.now());
        assertThat(job.phase()).isEqualTo(Phase.QUEUED);
        assertThat(job.record().retries().user()).isEqualTo(1);
        job.wakeAtNextTimer().grant().reserved().allReady();
        job.exit("worker", 0, ExitStatus.killedForMemory(), job.now());

        assertThat(job.phase()).isEqualTo(Phase.FAILED);
        assertThat(job.record().outcome().orElseThrow().reason()).isEqualTo(Reason.OUT_OF_MEMORY);
        assertThat(job.record().outcome().orElseThrow().cause().orElseThrow().failureClass())
                .isEqualTo(FailureClass.USER);
    }

    @Test
    void crashOfASideCarIsIgnored() {
        JobDriver job = JobDriver.running(of(worker(1).build(), sideCar().build()));

        assertThat(job.exit("board", 0, 1).phase()).isEqualTo(Phase.RUNNING);
        assertThat(job.exit("worker", 0, 0).phase()).isEqualTo(Phase.SUCCEEDED);
    }

    @Test
    void crashOfAParameterServerFailsTheJob() {
        JobDriver job =
                JobDriver.running(of(worker(1).build(), server(1).build())).exit("ps", 0, 1);

        // The worker decides and still runs: it may have ended well in the same instant.
        assertThat(job.wakeAtNextTimer().allStopped().phase()).isEqualTo(Phase.FAILED);
    }

    @Test
    void elasticReplicaIsReplacedInPlace() {
        JobDriver job = JobDriver.running(of(elastic(3, 2, 4).build()));

        job.exit("worker", 1, 137);

        ReplicaId again = new ReplicaId(job.attempt().id(), "worker", 1, 1);
        assertThat(job.phase()).isEqualTo(Phase.RUNNING);
        assertThat(job.record().retries()).isEqualTo(new RetryCount(1, 0, 0, 0));
        assertThat(job.effects())
                .containsExactly(new Effect.Launch(job.attempt().id(), 0, List.of(again)));
        assertThat(job.replica("worker", 1).retries()).isEqualTo(1);
        assertThat(job.replica("worker", 1).past())
                .singleElement()
                .satisfies(past -> assertThat(past.exit()).contains(ExitStatus.ofCode(137)));
        assertThat(job.ready("worker", 1).record().attemptNumber()).isEqualTo(1);
    }

    @Test
    void elasticRoleBelowItsLeastSizeRestartsTheGang() {
        JobDriver job = JobDriver.running(of(elastic(2, 2, 4).build()));

        assertThat(job.exit("worker", 1, 137).phase()).isEqualTo(Phase.RESTARTING);
        assertThat(job.record().retries().user()).isEqualTo(1);
    }

    @Test
    void nothingIsReplacedInAnElasticRoleOnceAMemberIsDone() {
        JobDriver job = JobDriver.running(of(elastic(4, 2, 4).build())).exit("worker", 0, 0);

        assertThat(job.exit("worker", 3, 137).phase()).isEqualTo(Phase.RESTARTING);
    }

    @Test
    void replacementsAreChargedToTheBudgetToo() {
        JobDriver job = JobDriver.running(of(elastic(3, 2, 4).build()));
        for (int i = 0; i < 3; i++) {
            job.exit("worker", 1, 137).ready("worker", 1);
        }

        job.exit("worker", 1, 137);

        assertThat(job.record().outcome().orElseThrow().reason()).isEqualTo(Reason.BACKOFF_LIMIT_EXCEEDED);
        assertThat(job.replica("worker", 1).past()).hasSize(3);
    }

    @Test
    void onlyOneLaunchIsOpenAtATime() {
        JobDriver job = JobDriver.running(of(elastic(4, 2, 4).build()));

        job.exit("worker", 1, 137);
        assertThat(job.effects(Effect.Launch.class)).hasSize(1);
        job.exit("worker", 2, 137);
        assertThat(job.effects(Effect.Launch.class)).isEmpty();
        job.state("worker", 1, ReplicaState.PENDING);

        assertThat(job.effects(Effect.Launch.class).get(0).replicas())
                .containsExactly(new ReplicaId(job.attempt().id(), "worker", 2, 1));
    }

    @Test
    void whatWasTakenBackIsNotReplacedInPlaceAndCountsAsNoFault() {
        JobDriver job = JobDriver.running(
                of(worker(2).restartScope(RestartScope.REPLICA).build()));

        job.report(
                job.replica("worker", 0).id(),
                ReplicaState.FAILED,
                status -> status.exit(ExitStatus.ofCode(143))
                        .failureClass(FailureClass.PREEMPTED)
                        .reason("NodeDrained"));

        assertThat(job.phase()).isEqualTo(Phase.RESTARTING);
        assertThat(job.record().retries()).isEqualTo(new RetryCount(0, 0, 1, 1));
    }

    @Test
    void roleIsRestartedTogetherWhenAllOfItHasEnded() {
        JobDriver job = JobDriver.running(
                of(worker(3).restartScope(RestartScope.ROLE).build(), server(1).build()));

        job.exit("worker", 1, 137);
        assertThat(job.phase()).isEqualTo(Phase.RUNNING);
        assertThat(job.effects(Effect.Stop.class).get(0).replicas())
                .containsExactly(
                        job.replica("worker", 0).id(), job.replica("worker", 2).id());
        assertThat(job.effects(Effect.Launch.class)).isEmpty();
        job.exitAfterTerm(job.replica("worker", 0).id());
        assertThat(job.effects()).isEmpty();
        job.exitAfterTerm(job.replica("worker", 2).id());

        assertThat(job.effects(Effect.Launch.class).get(0).replicas())
                .extracting(id -> id.key() + "-r" + id.restart())
                .containsExactly("worker-0-r1", "worker-1-r1", "worker-2-r1");
        assertThat(job.record().retries().user()).isEqualTo(1);
    }

    @Test
    void sideCarThatMayBeReplacedIsReplacedWhileTheBudgetLasts() {
        JobDriver job = JobDriver.running(of(
                worker(1).build(), sideCar().restartScope(RestartScope.REPLICA).build()));
        for (int i = 0; i < 3; i++) {
            job.exit("board", 0, 137);
            assertThat(job.effects(Effect.Launch.class)).hasSize(1);
            job.ready("board", 0);
        }

        job.exit("board", 0, 137);

        assertThat(job.phase()).isEqualTo(Phase.RUNNING);
        assertThat(job.effects()).isEmpty();
    }

    @Test
    void backendsWordThatItWasPreemptedIsChargedToPreemption() {
        JobDriver job = JobDriver.running(workers(1));

        job.report(
                job.replica("worker", 0).id(),
                ReplicaState.FAILED,
                status -> status.exit(ExitStatus.ofSignal(9)).failureClass(FailureClass.PREEMPTED));

        assertThat(job.record().retries()).isEqualTo(new RetryCount(0, 0, 1, 1));
    }

    @Test
    void startThatEndedStaysEnded() {
        JobDriver job = JobDriver.running(workers(2)).exit("worker", 0, 0);
        var before = job.record();
        ReplicaId done = job.replica("worker", 0).id();

        job.report(done, ReplicaState.GONE);
        assertThat(job.record()).isSameAs(before);
        job.report(done, ReplicaState.READY);
        assertThat(job.record()).isSameAs(before);
        assertThat(job.effects(Effect.Stop.class).get(0).reason()).isEqualTo(StopReason.STALE);
    }

    private static FailureCause cause(JobDriver job) {
        return job.attempt().cause().orElseThrow();
    }
}

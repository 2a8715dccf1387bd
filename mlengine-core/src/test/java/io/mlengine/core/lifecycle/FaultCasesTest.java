package io.mlengine.core.lifecycle;

import static io.mlengine.core.lifecycle.Jobs.chief;
import static io.mlengine.core.lifecycle.Jobs.elastic;
import static io.mlengine.core.lifecycle.Jobs.of;
import static io.mlengine.core.lifecycle.Jobs.server;
import static io.mlengine.core.lifecycle.Jobs.with;
import static io.mlengine.core.lifecycle.Jobs.worker;
import static io.mlengine.core.lifecycle.Jobs.workers;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.RetryCount;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.StopReason;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.ReplicaId;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The fault cases that concern the life cycle, by their numbers. */
class FaultCasesTest {
    @Test
    void f1ChiefAndWorkerEndWithinOnePollAndExactlyOneOutcomeComesOut() {
        for (boolean chiefFirst : new boolean[] {true, false}) {
            JobDriver job = JobDriver.running(of(chief().build(), worker(1).build()));
            Instant at = job.now();
            if (chiefFirst) {
                job.exit("chief", 0, ExitStatus.SUCCESS, at).exit("worker", 0, ExitStatus.ofCode(1), at);
            } else {
                job.exit("worker", 0, ExitStatus.ofCode(1), at).exit("chief", 0, ExitStatus.SUCCESS, at);
            }

            assertThat(job.phase()).isEqualTo(Phase.SUCCEEDED);
        }
    }

    @Test
    void f2EngineKilledAfterTheOutcomeWasStoredDrainsAndKeepsIt() {
        JobDriver job = JobDriver.running(workers(2)).exit("worker", 0, 1).engineStartsAgain();

        assertThat(job.effects(Effect.Stop.class))
                .singleElement()
                .satisfies(stop -> assertThat(stop.reason()).isEqualTo(StopReason.FINISHED));
        assertThat(job.allStopped().phase()).isEqualTo(Phase.FAILED);
    }

    @Test
    void f3EngineKilledBetweenCounterAndKillCountsOnce() {
        JobDriver job = JobDriver.running(workers(2)).exit("worker", 0, 137).engineStartsAgain();

        assertThat(job.effects(Effect.Stop.class)).hasSize(1);
        // The backend reports everything that it finds once more.
        job.exit("worker", 0, 137).allStopped();
        assertThat(job.phase()).isEqualTo(Phase.QUEUED);
        assertThat(job.record().retries()).isEqualTo(new RetryCount(1, 0, 0, 1));
    }

    @Test
    void f4NodeThatFallsSilentDuringTheStartIsWaitedOut() {
        JobDriver job = JobDriver.starting(workers(2)).ready("worker", 0).state("worker", 1, ReplicaState.LOST);

        assertThat(job.phase()).isEqualTo(Phase.RESTARTING);
        job.exitAfterTerm(job.replica("worker", 0).id());
        assertThat(job.phase()).isEqualTo(Phase.RESTARTING);
        job.state("worker", 1, ReplicaState.GONE);
        assertThat(job.phase()).isEqualTo(Phase.QUEUED);
        assertThat(job.record().retries().infrastructure()).isEqualTo(1);
    }

    @Test
    void f5FailureOfAnOldAttemptDoesNotTouchTheNewOne() {
        JobDriver job = JobDriver.running(workers(2));
        ReplicaId old = job.replica("worker", 1).id();
        job.exit("worker", 0, 137)
                .allStopped()
                .wakeAtNextTimer()
                .grant()
                .reserved()
                .allReady();
        JobRecord before = job.record();

        job.report(old, ReplicaState.FAILED, status -> status.exit(ExitStatus.ofCode(1)));

        assertThat(job.record()).isSameAs(before);
        assertThat(job.effects()).isEmpty();
    }

    @Test
    void f6CancelDuringTheBackOffEndsTheJobAtOnce() {
        JobDriver job = JobDriver.running(workers(1)).exit("worker", 0, 137);
        assertThat(job.record().timers()).containsKey(JobTimer.BACK_OFF);

        job.send(new JobEvent.Cancel("enough"));

        assertThat(job.phase()).isEqualTo(Phase.CANCELLED);
        assertThat(job.record().timers()).isEmpty();
        assertThat(job.record().attemptNumber()).isEqualTo(1);
    }

    @Test
    void f7DeadlineDoesNotFireWhileSuspendedAndBeginsAgainAfterwards() {
        Duration deadline = Duration.ofHours(1);
        JobDriver job = JobDriver.running(
                with(policy -> policy.activeDeadline(deadline), worker(1).build()));

        job.send(new JobEvent.Suspend()).allStopped();
        assertThat(job.wakeAfter(Duration.ofDays(1)).phase()).isEqualTo(Phase.SUSPENDED);
        job.send(new JobEvent.Resume()).grant();
        assertThat(job.timer(JobTimer.DEADLINE)).isEqualTo(job.now().plus(deadline));
    }

    @Test
    void f8TimeToLiveThatRanOutWhileTheEngineWasDownIsHonoured() {
        JobDriver job = JobDriver.running(with(
                        policy -> policy.ttlAfterFinished(Duration.ofMinutes(3)),
                        worker(1).build()))
                .exit("worker", 0, 0);

        assertThat(job.pass(Duration.ofDays(1)).engineStartsAgain().record().wakeAt())
                .hasValueSatisfying(due -> assertThat(due).isBefore(job.now()));
        assertThat(job.send(new JobEvent.Wake()).phase()).isEqualTo(Phase.DELETING);
        assertThat(job.engineStartsAgain().effects(Effect.Remove.class)).hasSize(1);
    }

    @Test
    void f11ParameterServerThatNeverEndsIsStoppedAtTheEnd() {
        JobDriver job =
                JobDriver.running(of(worker(1).build(), server(2).build())).exit("worker", 0, 0);

        job.wakeAtNextTimer();
        assertThat(job.effects(Effect.Stop.class)).hasSize(1);
        job.wakeAtNextTimer();
        assertThat(job.effects(Effect.Stop.class).get(0).grace()).isZero();
        assertThat(job.allStopped().phase()).isEqualTo(Phase.SUCCEEDED);
    }

    @Test
    void f12ScaleBelowTheLeastSizeIsRefused() {
        JobDriver job = JobDriver.running(of(elastic(3, 2, 4).build()));
        JobRecord before = job.record();

        assertThat(job.send(ResizingTest.resize(1)).record()).isSameAs(before);
    }

    @Test
    void f15Signal9IsToldApartByWhatTheBackendKnows() {
        JobDriver memory = JobDriver.running(workers(1));
        memory.exit("worker", 0, ExitStatus.killedForMemory(), memory.now());
        JobDriver preempted = JobDriver.running(workers(1));
        preempted.report(
                preempted.replica("worker", 0).id(),
                ReplicaState.FAILED,
                status -> status.exit(ExitStatus.ofSignal(9)).failureClass(FailureClass.PREEMPTED));

        assertThat(memory.attempt().cause().orElseThrow().reason()).isEqualTo(Reason.OUT_OF_MEMORY);
        assertThat(memory.record().retries()).isEqualTo(new RetryCount(1, 0, 0, 1));
        assertThat(preempted.record().retries()).isEqualTo(new RetryCount(0, 0, 1, 1));
    }

    @Test
    void f21SuspensionsAndPreemptionsLeaveTheUsersBudgetUntouched() {
        JobDriver job = JobDriver.running(workers(1));
        for (int i = 0; i < 3; i++) {
            job.send(new JobEvent.Suspend()).allStopped().send(new JobEvent.Resume());
            job.grant().reserved().allReady();
            job.send(new JobEvent.Preempt("")).allStopped().grant().reserved().allReady();
        }

        assertThat(job.phase()).isEqualTo(Phase.RUNNING);
        assertThat(job.record().retries()).isEqualTo(new RetryCount(0, 0, 3, 0));
        assertThat(job.record().attemptNumber()).isEqualTo(7);
    }

    @Test
    void f22ExitThatTheEngineSleptThroughIsHandledByTheRetryPolicy() {
        JobDriver job = JobDriver.running(workers(1)).engineStartsAgain();
        assertThat(job.effects()).isEmpty();

        job.pass(Duration.ofMinutes(5)).exit("worker", 0, 137);

        assertThat(job.phase()).isEqualTo(Phase.QUEUED);
        assertThat(job.record().retries().user()).isEqualTo(1);
    }

    @Test
    void f25EachAttemptBeginsWithACleanSlate() {
        JobDriver job = JobDriver.running(with(
                policy -> policy.progressTimeout(Duration.ofMinutes(5)),
                worker(1).build()));
        job.state("worker", 0, ReplicaState.LOST).state("worker", 0, ReplicaState.GONE);

        job.wakeAtNextTimer().grant();
        assertThat(job.record().timers()).containsOnlyKeys(JobTimer.START);
        job.reserved();
        assertThat(job.replica("worker", 0).current().state()).isEqualTo(ReplicaState.PENDING);
        assertThat(job.replica("worker", 0).retries()).isZero();
        assertThat(job.attempt().cause()).isEmpty();
        assertThat(job.attempt().epoch()).isZero();
        job.allReady();
        assertThat(job.timer(JobTimer.PROGRESS)).isEqualTo(job.now().plus(Duration.ofMinutes(5)));
    }
}

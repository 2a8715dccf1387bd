package io.mlengine.core.lifecycle;

import static io.mlengine.core.lifecycle.Jobs.with;
import static io.mlengine.core.lifecycle.Jobs.worker;
import static io.mlengine.core.lifecycle.Jobs.workers;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.RetryCount;
import io.mlengine.spi.model.FailureClass;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimersTest {
    private static final Duration DEADLINE = Duration.ofHours(1);

    @Test
    void wakeBeforeAnythingIsDueChangesNothing() {
        JobDriver job = JobDriver.running(deadline());
        var before = job.record();

        assertThat(job.wakeAfter(Duration.ofMinutes(59)).record()).isSameAs(before);
    }

    @Test
    void deadlineFailsTheJob() {
        JobDriver job = JobDriver.running(deadline()).wakeAfter(DEADLINE);

        assertThat(job.phase()).isEqualTo(Phase.STOPPING);
        assertThat(job.allStopped().phase()).isEqualTo(Phase.FAILED);
        assertThat(job.record().outcome().orElseThrow().reason()).isEqualTo(Reason.DEADLINE_EXCEEDED);
    }

    @Test
    void deadlineCountsFromTheFirstAttemptAndAlsoWhileTheJobWaits() {
        JobDriver job = JobDriver.running(deadline());
        Instant due = job.timer(JobTimer.DEADLINE);

        job.pass(Duration.ofMinutes(30)).exit("worker", 0, 137);
        assertThat(job.timer(JobTimer.DEADLINE)).isEqualTo(due);
        assertThat(job.wakeAfter(Duration.ofMinutes(30)).phase()).isEqualTo(Phase.FAILED);
    }

    @Test
    void deadlineWaitsWhileAPreemptedJobDrains() {
        JobDriver job = JobDriver.running(deadline()).send(new JobEvent.Preempt(""));

        assertThat(job.wakeAfter(DEADLINE).phase()).isEqualTo(Phase.SUSPENDING);
        assertThat(job.allStopped().phase()).isEqualTo(Phase.QUEUED);
        assertThat(job.wakeAtNextTimer().phase()).isEqualTo(Phase.FAILED);
    }

    @Test
    void wakeAtSkipsTimersThatCannotFire() {
        JobDriver job =
                JobDriver.running(deadline()).pass(Duration.ofMinutes(59)).send(new JobEvent.Preempt(""));
        job.pass(Duration.ofSeconds(70));

        assertThat(job.timer(JobTimer.DEADLINE)).isBefore(job.now());
        assertThat(job.record().wakeAt()).contains(job.timer(JobTimer.DRAIN));
    }

    @Test
    void startTimeoutRestartsOnTheInfrastructuresBudget() {
        JobDriver job = JobDriver.starting(workers(2)).ready("worker", 0).wakeAtNextTimer();

        assertThat(job.phase()).isEqualTo(Phase.RESTARTING);
        assertThat(job.record().retries()).isEqualTo(new RetryCount(0, 1, 0, 1));
        assertThat(job.attempt().cause().orElseThrow().reason()).isEqualTo(Reason.START_TIMEOUT);
        assertThat(job.attempt().cause().orElseThrow().message()).endsWith("worker-1 (PENDING)");
    }

    @Test
    void claimThatNeverComesIsAStartTimeoutToo() {
        assertThat(JobDriver.admitted(workers(2)).wakeAtNextTimer().phase()).isEqualTo(Phase.QUEUED);
    }

    @Test
    void hungProgramIsRestartedOnTheUsersBudget() {
        JobDriver job = JobDriver.running(with(
                policy -> policy.progressTimeout(Duration.ofMinutes(5)),
                worker(1).build()));

        job.pass(Duration.ofMinutes(4))
                .send(new JobEvent.Progressed(job.attempt().id()));
        assertThat(job.timer(JobTimer.PROGRESS)).isEqualTo(job.now().plus(Duration.ofMinutes(5)));
        assertThat(job.wakeAfter(Duration.ofMinutes(4)).phase()).isEqualTo(Phase.RUNNING);
        job.wakeAfter(Duration.ofMinutes(1));

        assertThat(job.phase()).isEqualTo(Phase.RESTARTING);
        assertThat(job.record().retries()).isEqualTo(new RetryCount(1, 0, 0, 1));
        assertThat(job.attempt().cause().orElseThrow().failureClass()).isEqualTo(FailureClass.USER_RETRYABLE);
        assertThat(job.attempt().cause().orElseThrow().reason()).isEqualTo(Reason.NO_PROGRESS);
    }

    @Test
    void finishedJobIsRemovedWhenItsTimeIsOver() {
        JobDriver job = JobDriver.running(with(
                        policy -> policy.ttlAfterFinished(Duration.ofDays(1)),
                        worker(1).build()))
                .exit("worker", 0, 0);

        assertThat(job.record().timers()).containsOnlyKeys(JobTimer.TTL);
        assertThat(job.wakeAfter(Duration.ofDays(1)).phase()).isEqualTo(Phase.DELETING);
        assertThat(job.record().timers()).isEmpty();
        assertThat(job.effects(Effect.Remove.class)).hasSize(1);
    }

    @Test
    void finishedJobWithoutATimeToLiveStays() {
        JobDriver job = JobDriver.running(workers(1)).exit("worker", 0, 0);

        assertThat(job.record().wakeAt()).isEmpty();
        assertThat(job.wakeAfter(Duration.ofDays(1000)).phase()).isEqualTo(Phase.SUCCEEDED);
    }

    private static MLTrain deadline() {
        return with(policy -> policy.activeDeadline(DEADLINE), worker(1).build());
    }
}

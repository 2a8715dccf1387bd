package io.mlengine.core.lifecycle;

import static io.mlengine.core.lifecycle.Jobs.chief;
import static io.mlengine.core.lifecycle.Jobs.of;
import static io.mlengine.core.lifecycle.Jobs.server;
import static io.mlengine.core.lifecycle.Jobs.sideCar;
import static io.mlengine.core.lifecycle.Jobs.worker;
import static io.mlengine.core.lifecycle.Jobs.workers;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.SchedulingWishes;
import io.mlengine.core.job.SuccessPolicy;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SuccessTest {
    private static final Duration WINDOW = Duration.ofSeconds(1);

    @Test
    void jobSucceedsAtOnceWhenAllHaveEndedWell() {
        JobDriver job = JobDriver.running(workers(2)).exit("worker", 0, 0);

        assertThat(job.phase()).isEqualTo(Phase.RUNNING);
        job.exit("worker", 1, 0);
        assertThat(job.history()).endsWith(Phase.RUNNING, Phase.STOPPING, Phase.SUCCEEDED);
        assertThat(job.record().finishedAt()).contains(job.now());
        assertThat(job.record().outcome().orElseThrow().result()).isEqualTo(Outcome.Result.SUCCEEDED);
        assertThat(job.effects(Effect.Release.class)).hasSize(1);
        assertThat(job.effects(Effect.Stop.class)).isEmpty();
    }

    @Test
    void deciderSucceedsAfterTheSettleWindowWhileOthersRun() {
        JobDriver job =
                JobDriver.running(of(chief().build(), worker(2).build())).exit("chief", 0, 0);

        assertThat(job.phase()).isEqualTo(Phase.RUNNING);
        assertThat(job.timer(JobTimer.SETTLE)).isEqualTo(job.now().plus(WINDOW));
        assertThat(job.wakeAfter(WINDOW).phase()).isEqualTo(Phase.STOPPING);
        assertThat(job.allStopped().phase()).isEqualTo(Phase.SUCCEEDED);
    }

    @Test
    void settleWindowEndsEarlyWhenNobodyIsLeftToFail() {
        JobDriver job = JobDriver.running(of(chief().build(), worker(1).build()))
                .exit("chief", 0, 0)
                .exit("worker", 0, 0);

        assertThat(job.phase()).isEqualTo(Phase.SUCCEEDED);
    }

    @Test
    void sideCarIsNotWaitedFor() {
        JobDriver job =
                JobDriver.running(of(worker(1).build(), sideCar().build())).exit("worker", 0, 0);

        assertThat(job.phase()).isEqualTo(Phase.STOPPING);
        assertThat(job.record().outcome().orElseThrow().result()).isEqualTo(Outcome.Result.SUCCEEDED);
    }

    @Test
    void failureThatCameFirstBeatsTheDecidersSuccess() {
        JobDriver job = JobDriver.running(of(chief().build(), worker(1).build()));
        Instant at = job.now();

        job.exit("chief", 0, ExitStatus.SUCCESS, at.plusMillis(5)).exit("worker", 0, ExitStatus.ofCode(1), at);

        assertThat(job.phase()).isEqualTo(Phase.FAILED);
    }

    @Test
    void tieGoesToTheDecider() {
        JobDriver job = JobDriver.running(of(chief().build(), worker(1).build()));
        Instant at = job.now();

        job.exit("worker", 0, ExitStatus.ofCode(1), at);
        assertThat(job.phase()).isEqualTo(Phase.RUNNING);
        job.exit("chief", 0, ExitStatus.SUCCESS, at);

        assertThat(job.phase()).isEqualTo(Phase.SUCCEEDED);
    }

    @Test
    void failureWaitsForADeciderOnlyUntilTheWindowCloses() {
        JobDriver job =
                JobDriver.running(of(chief().build(), worker(1).build())).exit("worker", 0, 1);

        assertThat(job.phase()).isEqualTo(Phase.RUNNING);
        assertThat(job.wakeAfter(WINDOW).phase()).isEqualTo(Phase.STOPPING);
        assertThat(job.exit("chief", 0, 0).phase()).isEqualTo(Phase.FAILED);
    }

    @Test
    void successRanksBeforeARetryableFailure() {
        JobDriver job = JobDriver.running(of(chief().build(), worker(1).build()));

        job.exit("worker", 0, 137).pass(Duration.ofMillis(500)).exit("chief", 0, 0);

        assertThat(job.phase()).isEqualTo(Phase.SUCCEEDED);
        assertThat(job.record().retries().user()).isZero();
    }

    @Test
    void lonelyFailureIsNotDelayed() {
        assertThat(JobDriver.running(workers(2)).exit("worker", 1, 1).phase()).isEqualTo(Phase.STOPPING);
    }

    @Test
    void firstWorkerDecidesWhereItsRoleSaysSo() {
        Role workers = worker(3).deciders(Deciders.FIRST).build();
        JobDriver other = JobDriver.running(of(workers)).exit("worker", 1, 0);
        JobDriver first = JobDriver.running(of(workers)).exit("worker", 0, 0);

        assertThat(other.record().timers()).doesNotContainKey(JobTimer.SETTLE);
        assertThat(first.wakeAfter(WINDOW).allStopped().phase()).isEqualTo(Phase.SUCCEEDED);
    }

    @Test
    void policyAllOverridesTheDeciders() {
        MLTrain train = MLTrain.builder()
                .from(of(chief().build(), worker(1).build()))
                .success(SuccessPolicy.ALL)
                .build();
        JobDriver job = JobDriver.running(train).exit("chief", 0, 0);

        assertThat(job.record().timers()).doesNotContainKey(JobTimer.SETTLE);
        assertThat(job.exit("worker", 0, 0).phase()).isEqualTo(Phase.SUCCEEDED);
    }

    @Test
    void serverThatNeverEndsDoesNotHoldSuccessUp() {
        JobDriver job = JobDriver.running(of(worker(2).build(), server(1).build()))
                .exit("worker", 0, 0)
                .exit("worker", 1, 0);

        assertThat(job.wakeAfter(WINDOW).effects(Effect.Stop.class)).hasSize(1);
        assertThat(job.allStopped().phase()).isEqualTo(Phase.SUCCEEDED);
    }

    @Test
    void enoughSuccessesEndTheJobAtOnce() {
        JobDriver job = JobDriver.running(atLeast(2, 3)).exit("worker", 0, 0);

        assertThat(job.phase()).isEqualTo(Phase.RUNNING);
        assertThat(job.exit("worker", 2, 0).phase()).isEqualTo(Phase.STOPPING);
        assertThat(job.allStopped().phase()).isEqualTo(Phase.SUCCEEDED);
    }

    @Test
    void failuresAreHarmlessWhileEnoughMayStillSucceed() {
        JobDriver job = JobDriver.running(atLeast(2, 3)).exit("worker", 0, 1);

        assertThat(job.phase()).isEqualTo(Phase.RUNNING);
        assertThat(job.exit("worker", 1, 1).phase()).isEqualTo(Phase.STOPPING);
        assertThat(job.allStopped().phase()).isEqualTo(Phase.FAILED);
    }

    @Test
    void moreSuccessesThanReplicasCannotBeReached() {
        JobDriver job = JobDriver.starting(atLeast(5, 2)).ready("worker", 0);

        assertThat(job.record().outcome().orElseThrow().reason()).isEqualTo(Reason.SUCCESS_UNREACHABLE);
    }

    @Test
    void gangMinimumIsEnoughInTheEnd() {
        JobDriver job = JobDriver.running(gang(2, 3)).exit("worker", 1, 1);

        assertThat(job.phase()).isEqualTo(Phase.RUNNING);
        job.exit("worker", 0, 0);
        assertThat(job.phase()).isEqualTo(Phase.RUNNING);
        assertThat(job.exit("worker", 2, 0).phase()).isEqualTo(Phase.SUCCEEDED);
    }

    @Test
    void fewerThanTheGangMinimumAreTooFew() {
        JobDriver job = JobDriver.running(gang(2, 3)).exit("worker", 1, 1).exit("worker", 0, 1);

        assertThat(job.allStopped().phase()).isEqualTo(Phase.FAILED);
    }

    @Test
    void workersThatAreNotCriticalMayFailAsLongAsOneSucceeds() {
        Role workers = worker(3).critical(false).build();
        JobDriver some = JobDriver.running(of(workers));
        some.exit("worker", 0, 1).exit("worker", 1, 0).exit("worker", 2, 1);
        JobDriver none = JobDriver.running(of(workers));
        none.exit("worker", 0, 1).exit("worker", 1, 1).exit("worker", 2, 1);

        assertThat(some.phase()).isEqualTo(Phase.SUCCEEDED);
        assertThat(none.phase()).isEqualTo(Phase.FAILED);
        assertThat(none.record().outcome().orElseThrow().reason()).isEqualTo(Reason.SUCCESS_UNREACHABLE);
    }

    private static MLTrain atLeast(int succeeded, int workers) {
        return MLTrain.builder()
                .from(workers(workers))
                .success(new SuccessPolicy(SuccessPolicy.Rule.DECIDERS, OptionalInt.of(succeeded)))
                .build();
    }

    private static MLTrain gang(int minimum, int workers) {
        return MLTrain.builder()
                .from(workers(workers))
                .scheduling(SchedulingWishes.builder().gangMinimum(minimum).build())
                .build();
    }
}

package io.mlengine.core.lifecycle;

import static io.mlengine.core.lifecycle.Jobs.chief;
import static io.mlengine.core.lifecycle.Jobs.of;
import static io.mlengine.core.lifecycle.Jobs.with;
import static io.mlengine.core.lifecycle.Jobs.worker;
import static io.mlengine.core.lifecycle.Jobs.workers;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.JobRecord.Desired;
import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.RetryCount;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.core.scheduling.PendingGang;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.StopReason;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.ReplicaId;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WishesTest {
    private static final JobEvent CANCEL = new JobEvent.Cancel("enough");
    private static final JobEvent SUSPEND = new JobEvent.Suspend();
    private static final JobEvent RESUME = new JobEvent.Resume();
    private static final JobEvent PREEMPT = new JobEvent.Preempt("for job-2");
    private static final JobEvent DELETE = new JobEvent.Delete();

    @Test
    void cancelOfAWaitingJobEndsItInOneStep() {
        JobDriver job = JobDriver.queued(workers(1)).send(CANCEL);

        assertThat(job.history()).containsExactly(Phase.CREATED, Phase.QUEUED, Phase.STOPPING, Phase.CANCELLED);
        assertThat(job.record().finishedAt()).contains(job.now());
        assertThat(job.record().outcome().orElseThrow().message()).isEqualTo("enough");
        assertThat(job.record().drainsTo()).isEmpty();
    }

    @Test
    void cancelStopsEverythingBeforeTheJobEnds() {
        JobDriver job = JobDriver.running(workers(2)).send(CANCEL);

        assertThat(job.phase()).isEqualTo(Phase.STOPPING);
        assertThat(job.effects(Effect.Stop.class).get(0).reason()).isEqualTo(StopReason.CANCELLED);
        assertThat(job.timer(JobTimer.DRAIN)).isEqualTo(job.now().plus(Duration.ofSeconds(40)));
        job.exitAfterTerm(job.replica("worker", 0).id());
        assertThat(job.phase()).isEqualTo(Phase.STOPPING);
        assertThat(job.allStopped().phase()).isEqualTo(Phase.CANCELLED);
        assertThat(job.record().timers()).isEmpty();
    }

    @Test
    void cancelOfADecidedJobChangesNothing() {
        JobDriver job = JobDriver.running(workers(2)).exit("worker", 0, 1).send(CANCEL);

        assertThat(job.allStopped().phase()).isEqualTo(Phase.FAILED);
    }

    @Test
    void cancelWhileRestartingEndsTheJob() {
        JobDriver job = JobDriver.running(workers(2)).exit("worker", 0, 137).send(CANCEL);

        assertThat(job.phase()).isEqualTo(Phase.STOPPING);
        assertThat(job.effects(Effect.Stop.class)).isEmpty();
        assertThat(job.allStopped().phase()).isEqualTo(Phase.CANCELLED);
    }

    @Test
    void deletedJobEndsAndIsRemovedAndForgotten() {
        JobDriver job = JobDriver.running(workers(1)).send(DELETE);

        assertThat(job.allStopped().phase()).isEqualTo(Phase.CANCELLED);
        assertThat(job.wakeAtNextTimer().phase()).isEqualTo(Phase.DELETING);
        assertThat(job.effects()).containsExactly(new Effect.Remove(JobDriver.ID));
        assertThat(job.send(new JobEvent.Removed()).effects()).containsExactly(new Effect.Forget(JobDriver.ID));
    }

    @Test
    void deleteOfAnEndedJobRemovesItAtOnceAndKeepsItsOutcome() {
        JobDriver job = JobDriver.running(workers(1)).exit("worker", 0, 0).send(DELETE);

        assertThat(job.phase()).isEqualTo(Phase.DELETING);
        assertThat(job.record().outcome().orElseThrow().result()).isEqualTo(Outcome.Result.SUCCEEDED);
        assertThat(job.record().finishedAt()).isPresent();
    }

    @Test
    void deleteOfAStoppingJobKeepsTheOutcome() {
        JobDriver job = JobDriver.running(workers(2)).exit("worker", 0, 1).send(DELETE);

        assertThat(job.record().desired()).isEqualTo(Desired.DELETE);
        assertThat(job.allStopped().phase()).isEqualTo(Phase.FAILED);
        assertThat(job.wakeAtNextTimer().phase()).isEqualTo(Phase.DELETING);
    }

    @Test
    void suspendedJobDrainsAndWaitsToBeResumed() {
        JobDriver job = JobDriver.running(workers(2)).send(SUSPEND);

        assertThat(job.phase()).isEqualTo(Phase.SUSPENDING);
        assertThat(job.effects(Effect.Stop.class).get(0).reason()).isEqualTo(StopReason.SUSPENDED);
        assertThat(job.allStopped().phase()).isEqualTo(Phase.SUSPENDED);
        assertThat(job.effects(Effect.Release.class)).hasSize(1);
        assertThat(job.grant().phase()).isEqualTo(Phase.SUSPENDED);
        assertThat(job.send(RESUME).phase()).isEqualTo(Phase.QUEUED);
        assertThat(job.record().retries()).isEqualTo(RetryCount.ZERO);
    }

    @Test
    void suspendOfAWaitingJobForgetsItsBackOff() {
        JobDriver job = JobDriver.running(workers(1)).exit("worker", 0, 137).send(SUSPEND);

        assertThat(job.phase()).isEqualTo(Phase.SUSPENDED);
        assertThat(job.record().timers()).isEmpty();
    }

    @Test
    void suspendOfAnAdmittedJobGivesTheClaimBack() {
        JobDriver job = JobDriver.admitted(workers(1)).send(SUSPEND);

        assertThat(job.history()).endsWith(Phase.ADMITTED, Phase.SUSPENDING, Phase.SUSPENDED);
        assertThat(job.effects(Effect.Release.class)).hasSize(1);
    }

    @Test
    void wishMayChangeWhileTheJobDrains() {
        JobDriver resumed = JobDriver.running(workers(1)).send(SUSPEND).send(RESUME);
        JobDriver again =
                JobDriver.running(workers(1)).send(SUSPEND).send(RESUME).send(SUSPEND);
        JobDriver preempted = JobDriver.running(workers(1)).send(PREEMPT).send(SUSPEND);
        JobDriver restarting =
                JobDriver.running(workers(2)).exit("worker", 0, 137).send(SUSPEND);

        assertThat(resumed.allStopped().phase()).isEqualTo(Phase.QUEUED);
        assertThat(again.allStopped().phase()).isEqualTo(Phase.SUSPENDED);
        assertThat(preempted.allStopped().phase()).isEqualTo(Phase.SUSPENDED);
        assertThat(restarting.phase()).isEqualTo(Phase.SUSPENDING);
        assertThat(restarting.allStopped().phase()).isEqualTo(Phase.SUSPENDED);
    }

    @Test
    void preemptedJobIsQueuedAgainAndKeepsItsUserBudget() {
        JobDriver job = JobDriver.running(workers(1)).send(PREEMPT);

        assertThat(job.phase()).isEqualTo(Phase.SUSPENDING);
        assertThat(job.effects(Effect.Stop.class).get(0).reason()).isEqualTo(StopReason.PREEMPTED);
        assertThat(job.allStopped().phase()).isEqualTo(Phase.QUEUED);
        assertThat(job.record().timers()).isEmpty();
        assertThat(job.record().retries()).isEqualTo(new RetryCount(0, 0, 1, 0));
        assertThat(job.record().desired()).isEqualTo(Desired.RUN);
    }

    @Test
    void preemptionLimitFailsTheJob() {
        JobDriver job = JobDriver.admitted(workers(1));
        for (int i = 0; i < 3; i++) {
            assertThat(job.send(PREEMPT).phase()).isEqualTo(Phase.QUEUED);
            job.grant();
        }

        job.send(PREEMPT);

        assertThat(job.phase()).isEqualTo(Phase.FAILED);
        assertThat(job.record().outcome().orElseThrow().reason()).isEqualTo(Reason.PREEMPTION_LIMIT_EXCEEDED);
        assertThat(job.record().retries().preemption()).isEqualTo(3);
    }

    @Test
    void suspendOrPreemptInTheSettleWindowOfASuccessEndsTheJob() {
        for (JobEvent event : new JobEvent[] {SUSPEND, PREEMPT}) {
            JobDriver job = JobDriver.running(of(chief().build(), worker(1).build()))
                    .exit("chief", 0, 0)
                    .send(event);

            assertThat(job.phase()).isEqualTo(Phase.STOPPING);
            assertThat(job.allStopped().phase()).isEqualTo(Phase.SUCCEEDED);
        }
    }

    @Test
    void suspendInTheSettleWindowOfARetryableFailureIsNotCharged() {
        JobDriver job = JobDriver.running(of(chief().build(), worker(1).build()))
                .exit("worker", 0, 137)
                .send(SUSPEND);

        assertThat(job.phase()).isEqualTo(Phase.SUSPENDING);
        assertThat(job.record().retries()).isEqualTo(RetryCount.ZERO);
    }

    @Test
    void replicaOfAnOlderAttemptIsStoppedAndChangesNothing() {
        JobDriver job = JobDriver.running(workers(1));
        ReplicaId old = job.replica("worker", 0).id();
        job.exit("worker", 0, 137).wakeAtNextTimer().grant().reserved();
        var before = job.record();

        job.report(old, ReplicaState.READY);

        assertThat(job.record()).isSameAs(before);
        assertThat(job.effects(Effect.Stop.class)).singleElement().satisfies(stop -> {
            assertThat(stop.replicas()).containsExactly(old);
            assertThat(stop.reason()).isEqualTo(StopReason.STALE);
        });
    }

    @Test
    void olderAndEqualRevisionsAreIgnored() {
        JobDriver job = JobDriver.starting(workers(2));
        ReplicaId id = job.replica("worker", 0).id();
        job.report(id, ReplicaState.READY, status -> status.revision(7));
        var before = job.record();

        job.report(id, ReplicaState.FAILED, status -> status.revision(7));
        job.report(id, ReplicaState.LOST, status -> status.revision(6));

        assertThat(job.record()).isSameAs(before);
    }

    @Test
    void cleanupPolicyGoesWithTheLastReleaseOnly() {
        JobDriver job = JobDriver.running(
                with(policy -> policy.cleanup(RunPolicy.Cleanup.ALL), worker(1).build()));

        job.exit("worker", 0, 137);
        assertThat(job.effects(Effect.Release.class).get(0).cleanup()).isEqualTo(RunPolicy.Cleanup.RUNNING);
        job.wakeAtNextTimer().grant().reserved().allReady().exit("worker", 0, 0);
        assertThat(job.effects(Effect.Release.class).get(0).cleanup()).isEqualTo(RunPolicy.Cleanup.ALL);
    }

    @Test
    void aJobThatIsLetGoOnAfterAQuotaRefusedItMayHaveOthersStoppedAgain() {
        JobDriver job = JobDriver.starting(workers(1)).orderFailed(FailureClass.QUOTA, "QuotaExceeded");
        assertThat(PendingGang.of(job.record()).refusal()).contains("no");

        job.send(SUSPEND).send(RESUME);

        assertThat(PendingGang.of(job.record()).refusal()).isEmpty();
        assertThat(PendingGang.of(job.record()).notBefore()).isEmpty();
    }
}

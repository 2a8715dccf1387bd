package io.mlengine.core.lifecycle;

import static io.mlengine.core.lifecycle.Jobs.of;
import static io.mlengine.core.lifecycle.Jobs.server;
import static io.mlengine.core.lifecycle.Jobs.sideCar;
import static io.mlengine.core.lifecycle.Jobs.with;
import static io.mlengine.core.lifecycle.Jobs.worker;
import static io.mlengine.core.lifecycle.Jobs.workers;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LaunchingTest {
    @Test
    void acceptedJobIsQueued() {
        JobDriver job = JobDriver.queued(workers(1));

        assertThat(job.history()).containsExactly(Phase.CREATED, Phase.QUEUED);
        assertThat(job.record().version()).isEqualTo(2);
        assertThat(job.effects()).isEmpty();
    }

    @Test
    void jobSubmittedSuspendedIsHeldBack() {
        assertThat(JobDriver.queued(
                                with(policy -> policy.suspend(true), worker(1).build()))
                        .phase())
                .isEqualTo(Phase.SUSPENDED);
    }

    @Test
    void wishOfAJobThatIsNotAcceptedYetCounts() {
        JobDriver held = new JobDriver(workers(1)).send(new JobEvent.Suspend()).send(new JobEvent.Accept());
        JobDriver freed = new JobDriver(
                        with(policy -> policy.suspend(true), worker(1).build()))
                .send(new JobEvent.Resume())
                .send(new JobEvent.Accept());

        assertThat(held.phase()).isEqualTo(Phase.SUSPENDED);
        assertThat(freed.phase()).isEqualTo(Phase.QUEUED);
    }

    @Test
    void grantBeginsAnAttemptAndReserves() {
        JobDriver job = JobDriver.admitted(workers(2));

        assertThat(job.phase()).isEqualTo(Phase.ADMITTED);
        assertThat(job.record().attemptNumber()).isEqualTo(1);
        assertThat(job.effects())
                .containsExactly(
                        new Effect.Reserve(new AttemptId(JobDriver.ID, 1), 0, JobDriver.placement(job.record())));
        assertThat(job.timer(JobTimer.START)).isEqualTo(job.now().plus(Duration.ofMinutes(30)));
    }

    @Test
    void grantOfPartOfAGangIsIgnored() {
        JobDriver job = JobDriver.queued(workers(2));
        Placement one = new Placement(List.of(new Placement.Slot(new ReplicaKey("worker", 0), "node", List.of())));
        Placement strange =
                new Placement(List.of(new Placement.Slot(new ReplicaKey("stranger", 0), "node", List.of())));
        Placement gap = new Placement(List.of(
                new Placement.Slot(new ReplicaKey("worker", 0), "node", List.of()),
                new Placement.Slot(new ReplicaKey("worker", 2), "node", List.of())));

        for (Placement placement : List.of(one, strange, gap, Placement.EMPTY)) {
            assertThat(job.send(new JobEvent.Grant(placement)).phase()).isEqualTo(Phase.QUEUED);
        }
    }

    @Test
    void reservedAttemptLaunchesItsFirstWave() {
        JobDriver job = JobDriver.starting(
                of(server(1).build(), worker(2).startAfter(List.of("ps")).build()));

        assertThat(job.phase()).isEqualTo(Phase.STARTING);
        assertThat(job.effects(Effect.Launch.class))
                .containsExactly(new Effect.Launch(job.attempt().id(), 0, List.of(start(job, "ps", 0))));
    }

    @Test
    void nextWaveIsLaunchedWhenTheWavesSoFarAreReady() {
        JobDriver job = JobDriver.starting(of(
                worker(2).startAfter(List.of("ps")).build(),
                server(2).build(),
                sideCar().startAfter(List.of("worker")).build()));

        job.ready("ps", 0);
        assertThat(job.effects()).isEmpty();
        job.ready("ps", 1);
        assertThat(job.effects(Effect.Launch.class).get(0).replicas())
                .containsExactly(start(job, "worker", 0), start(job, "worker", 1));
        job.ready("worker", 0).ready("worker", 1);
        assertThat(job.effects(Effect.Launch.class).get(0).replicas()).containsExactly(start(job, "board", 0));
        assertThat(job.attempt().wave()).isEqualTo(2);
        assertThat(job.ready("board", 0).phase()).isEqualTo(Phase.RUNNING);
    }

    @Test
    void jobRunsWhenAllOfItsReplicasAreReady() {
        JobDriver job = JobDriver.starting(of(worker(2).build(), server(1).build()));

        job.ready("worker", 0).ready("worker", 1).state("ps", 0, ReplicaState.STARTED);
        assertThat(job.phase()).isEqualTo(Phase.STARTING);
        job.pass(Duration.ofSeconds(5)).ready("ps", 0);

        assertThat(job.phase()).isEqualTo(Phase.RUNNING);
        assertThat(job.record().startedAt()).contains(job.now());
        assertThat(job.attempt().runningAt()).contains(job.now());
        assertThat(job.record().timers()).doesNotContainKey(JobTimer.START);
    }

    @Test
    void workerThatIsDoneBeforeTheOthersAreReadyCountsAsReady() {
        JobDriver job = JobDriver.starting(workers(2));

        job.exit("worker", 0, 0);
        assertThat(job.phase()).isEqualTo(Phase.STARTING);
        assertThat(job.ready("worker", 1).phase()).isEqualTo(Phase.RUNNING);
    }

    @Test
    void jobThatIsDoneAtOnceHasRun() {
        JobDriver job = JobDriver.starting(workers(1)).exit("worker", 0, 0);

        assertThat(job.history()).endsWith(Phase.STARTING, Phase.RUNNING, Phase.STOPPING, Phase.SUCCEEDED);
        assertThat(job.record().startedAt()).isPresent();
        assertThat(job.record().finishedAt()).isPresent();
    }

    @Test
    void sideCarThatCrashesAtTheStartDoesNotHoldTheJobUp() {
        JobDriver job = JobDriver.starting(of(worker(1).build(), sideCar().build()));

        assertThat(job.exit("board", 0, 1).phase()).isEqualTo(Phase.STARTING);
        assertThat(job.ready("worker", 0).phase()).isEqualTo(Phase.RUNNING);
    }

    @Test
    void cycleOfRolesStartsSomehowInsteadOfHanging() {
        JobDriver job = JobDriver.starting(of(
                worker(1).startAfter(List.of("ps")).build(),
                server(1).startAfter(List.of("worker")).build()));

        assertThat(job.allReady().phase()).isEqualTo(Phase.RUNNING);
    }

    @Test
    void secondReservationAnswerChangesNothing() {
        JobDriver job = JobDriver.starting(workers(1));
        var before = job.record();

        job.reserved();

        assertThat(job.record()).isSameAs(before);
        assertThat(job.effects()).isEmpty();
    }

    @Test
    void reservationThatComesAfterTheAttemptWasGivenUpIsReleased() {
        JobDriver job = JobDriver.admitted(workers(1));
        AttemptId attempt = job.attempt().id();

        job.send(new JobEvent.Cancel("enough"));
        assertThat(job.phase()).isEqualTo(Phase.CANCELLED);
        job.send(new JobEvent.Reserved(attempt, 0, new Reservation(List.of())));

        assertThat(job.effects(Effect.Release.class))
                .extracting(Effect.Release::attempt)
                .containsExactly(attempt);
    }

    @Test
    void infrastructureThatFailsAnOrderIsTriedAgain() {
        JobDriver job = JobDriver.admitted(workers(1)).orderFailed(FailureClass.INFRASTRUCTURE, "PortTaken");

        assertThat(job.history()).endsWith(Phase.ADMITTED, Phase.RESTARTING, Phase.QUEUED);
        assertThat(job.record().retries().infrastructure()).isEqualTo(1);
        assertThat(job.record().retries().user()).isZero();
        assertThat(job.record().attempt().orElseThrow().cause().orElseThrow().reason())
                .isEqualTo("PortTaken");
        assertThat(job.effects(Effect.Release.class)).hasSize(1);
    }

    @Test
    void orderThatCanNeverWorkFailsTheJob() {
        JobDriver job = JobDriver.starting(workers(1)).orderFailed(FailureClass.CONFIGURATION, "NoSuchImage");

        assertThat(job.phase()).isEqualTo(Phase.FAILED);
        assertThat(job.record().outcome().orElseThrow().reason()).isEqualTo("NoSuchImage");
    }

    @Test
    void failedLaunchWaitsForThoseThatRun() {
        JobDriver job = JobDriver.starting(
                of(server(1).build(), worker(1).startAfter(List.of("ps")).build()));

        job.ready("ps", 0).orderFailed(FailureClass.INFRASTRUCTURE, "NoDisk");
        assertThat(job.phase()).isEqualTo(Phase.RESTARTING);
        assertThat(job.allStopped().phase()).isEqualTo(Phase.QUEUED);
    }

    private static ReplicaId start(JobDriver job, String role, int index) {
        return new ReplicaId(job.attempt().id(), role, index, 0);
    }
}

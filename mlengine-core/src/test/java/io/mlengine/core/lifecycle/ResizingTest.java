package io.mlengine.core.lifecycle;

import static io.mlengine.core.lifecycle.Jobs.elastic;
import static io.mlengine.core.lifecycle.Jobs.of;
import static io.mlengine.core.lifecycle.Jobs.server;
import static io.mlengine.core.lifecycle.Jobs.workers;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.ReplicaRecord.Intent;
import io.mlengine.core.job.RetryCount;
import io.mlengine.spi.backend.StopReason;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ResizingTest {
    @Test
    void smallerSizeStopsTheHighestIndexesAtOnce() {
        JobDriver job = JobDriver.running(of(elastic(4, 1, 4).build()));
        ReplicaId third = job.replica("worker", 2).id();
        ReplicaId fourth = job.replica("worker", 3).id();

        job.send(resize(2));
        assertThat(job.phase()).isEqualTo(Phase.RESIZING);
        assertThat(job.attempt().epoch()).isEqualTo(1);
        assertThat(job.effects(Effect.Stop.class)).singleElement().satisfies(stop -> {
            assertThat(stop.replicas()).containsExactly(third, fourth);
            assertThat(stop.reason()).isEqualTo(StopReason.RESIZE);
        });

        assertThat(job.exitAfterTerm(third).effects()).isEmpty();
        job.exitAfterTerm(fourth);
        assertThat(job.effects())
                .containsExactly(new Effect.Reserve(job.attempt().id(), 1, JobDriver.placement(job.record())));
        assertThat(job.reserved().phase()).isEqualTo(Phase.RUNNING);
        assertThat(job.record().retries()).isEqualTo(RetryCount.ZERO);
        assertThat(job.record().attemptNumber()).isEqualTo(1);
    }

    @Test
    void jobGoesOnWithItsSmallerSize() {
        JobDriver job = JobDriver.running(of(elastic(2, 1, 4).build())).send(resize(1));
        job.exitAfterTerm(job.replica("worker", 1).id()).reserved();

        assertThat(job.exit("worker", 0, 0).phase()).isEqualTo(Phase.SUCCEEDED);
    }

    @Test
    void largerSizeWaitsForTheScheduler() {
        JobDriver job = JobDriver.running(of(elastic(2, 1, 4).build())).send(resize(3));

        assertThat(job.phase()).isEqualTo(Phase.RUNNING);
        assertThat(job.record().size("worker")).isEqualTo(3);
        assertThat(job.effects()).isEmpty();

        job.grant();
        assertThat(job.phase()).isEqualTo(Phase.RESIZING);
        assertThat(job.effects(Effect.Reserve.class).get(0).epoch()).isEqualTo(1);
        job.reserved();
        assertThat(job.effects(Effect.Launch.class).get(0).replicas())
                .containsExactly(new ReplicaId(job.attempt().id(), "worker", 2, 0));
        assertThat(job.ready("worker", 2).phase()).isEqualTo(Phase.RUNNING);
    }

    @Test
    void placeThatWasGivenUpIsFilledWithANewStart() {
        JobDriver job = JobDriver.running(of(elastic(2, 1, 4).build())).send(resize(1));
        job.exitAfterTerm(job.replica("worker", 1).id()).reserved();
        assertThat(job.replica("worker", 1).intent()).isEqualTo(Intent.REMOVE);

        job.send(resize(2)).grant().reserved();

        assertThat(job.effects(Effect.Launch.class).get(0).replicas())
                .containsExactly(new ReplicaId(job.attempt().id(), "worker", 1, 1));
        assertThat(job.ready("worker", 1).phase()).isEqualTo(Phase.RUNNING);
    }

    @Test
    void schedulerMayMakeAnElasticJobSmallerWithoutChangingTheWish() {
        JobDriver job = JobDriver.running(of(elastic(3, 1, 4).build()));
        JobRecord smaller =
                JobRecord.builder().from(job.record()).putSize("worker", 2).build();

        job.send(new JobEvent.Grant(JobDriver.placement(smaller)));
        job.exitAfterTerm(job.replica("worker", 2).id()).reserved();

        assertThat(job.phase()).isEqualTo(Phase.RUNNING);
        assertThat(job.attempt().placement().replicas()).hasSize(2);
        assertThat(job.record().size("worker")).isEqualTo(3);
    }

    @Test
    void sizeIsOnlyRecordedWhileTheJobWaits() {
        JobDriver job = JobDriver.queued(of(elastic(2, 1, 4).build())).send(resize(4));

        assertThat(job.phase()).isEqualTo(Phase.QUEUED);
        assertThat(job.grant().attempt().placement().replicas()).hasSize(4);
    }

    @Test
    void smallerSizeWishedDuringTheStartIsCarriedOutOnceItRuns() {
        JobDriver job = JobDriver.starting(of(elastic(2, 1, 4).build())).send(resize(1));

        assertThat(job.phase()).isEqualTo(Phase.STARTING);
        assertThat(job.allReady().history()).endsWith(Phase.STARTING, Phase.RUNNING, Phase.RESIZING);
    }

    @Test
    void sizeOutsideTheBoundsIsRefused() {
        JobDriver job = JobDriver.running(of(elastic(2, 2, 4).build(), server(1).build()));
        JobRecord before = job.record();
        TreeMap<String, Integer> server = new TreeMap<>();
        server.put("ps", 2);
        TreeMap<String, Integer> stranger = new TreeMap<>();
        stranger.put("stranger", 1);

        job.send(resize(1)).send(resize(5)).send(resize(0)).send(new JobEvent.Resize(server));
        job.send(new JobEvent.Resize(stranger));

        assertThat(job.record()).isSameAs(before);
    }

    @Test
    void jobDoesNotGrowAfterAMemberIsDone() {
        JobDriver job = JobDriver.running(of(elastic(2, 1, 4).build()))
                .exit("worker", 0, 0)
                .send(resize(3));

        assertThat(job.grant().phase()).isEqualTo(Phase.RUNNING);
        assertThat(job.exit("worker", 1, 0).phase()).isEqualTo(Phase.SUCCEEDED);
    }

    @Test
    void survivorThatWouldHaveToMoveIsNoResize() {
        JobDriver job = JobDriver.running(of(elastic(1, 1, 4).build())).send(resize(2));
        Placement elsewhere = new Placement(JobDriver.placement(job.record()).replicas().stream()
                .map(slot -> new Placement.Slot(slot.key(), "other", slot.devices()))
                .toList());

        assertThat(job.send(new JobEvent.Grant(elsewhere)).phase()).isEqualTo(Phase.RUNNING);
    }

    @Test
    void resizeThatCannotBeDoneInPlaceRestartsWithoutACharge() {
        JobDriver job =
                JobDriver.running(of(elastic(1, 1, 4).build())).send(resize(2)).grant();

        job.orderFailed(FailureClass.CONFIGURATION, Reason.RESTART_TO_RESIZE).allStopped();

        assertThat(job.history()).endsWith(Phase.RESIZING, Phase.RESTARTING, Phase.QUEUED);
        assertThat(job.record().retries()).isEqualTo(RetryCount.ZERO);
        assertThat(job.record().timers()).isEmpty();
        assertThat(job.grant().attempt().placement().replicas()).hasSize(2);
    }

    @Test
    void failureWhileResizingIsAFailure() {
        JobDriver job = JobDriver.running(of(elastic(3, 2, 4).build())).send(resize(2));

        assertThat(job.exit("worker", 0, 1).phase()).isEqualTo(Phase.STOPPING);
    }

    @Test
    void suspendAndPreemptWhileResizing() {
        JobDriver suspended = JobDriver.running(of(elastic(3, 2, 4).build())).send(resize(2));
        JobDriver preempted = JobDriver.running(of(elastic(3, 2, 4).build())).send(resize(2));

        assertThat(suspended.send(new JobEvent.Suspend()).allStopped().phase()).isEqualTo(Phase.SUSPENDED);
        assertThat(preempted.send(new JobEvent.Preempt("")).allStopped().phase())
                .isEqualTo(Phase.QUEUED);
    }

    @Test
    void fixedSizeIsNeverResized() {
        JobDriver job = JobDriver.running(workers(2)).send(resize(1));

        assertThat(job.phase()).isEqualTo(Phase.RUNNING);
        assertThat(job.record().sizes()).isEmpty();
    }

    static JobEvent resize(int workers) {
        TreeMap<String, Integer> sizes = new TreeMap<>();
        sizes.put("worker", workers);
        return new JobEvent.Resize(sizes);
    }
}

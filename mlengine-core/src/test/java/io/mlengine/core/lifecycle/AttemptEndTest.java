package io.mlengine.core.lifecycle;

import static io.mlengine.core.lifecycle.Jobs.elastic;
import static io.mlengine.core.lifecycle.Jobs.of;
import static io.mlengine.core.lifecycle.Jobs.workers;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.ReplicaId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Until when an attempt holds its places: usage is charged by that. */
class AttemptEndTest {
    private static final Duration LATE = Duration.ofSeconds(40);

    @Test
    void anAttemptEndsWithItsLastReplicaAndNotWhenThatIsHeard() {
        JobDriver job = JobDriver.running(workers(2)).pass(Duration.ofMinutes(1));
        Instant first = job.now();
        Instant last = first.plusSeconds(3);

        job.pass(LATE)
                .exit("worker", 1, ExitStatus.SUCCESS, last)
                .pass(LATE)
                .exit("worker", 0, ExitStatus.SUCCESS, first);

        assertThat(job.phase()).isEqualTo(Phase.SUCCEEDED);
        assertThat(job.attempt().endedAt()).contains(last);
        assertThat(job.record().finishedAt()).contains(job.now());
    }

    @Test
    void anEndThatNobodyHasSeenIsNow() {
        JobDriver job = JobDriver.running(workers(1)).pass(Duration.ofMinutes(1));

        job.state("worker", 0, ReplicaState.GONE);

        assertThat(job.attempt().endedAt()).contains(job.now());
    }

    @Test
    void wrongClocksNeitherStretchAnAttemptNorTurnItRound() {
        JobDriver ahead = JobDriver.running(workers(1)).pass(Duration.ofMinutes(1));
        ahead.exit("worker", 0, ExitStatus.SUCCESS, ahead.now().plusSeconds(90));
        assertThat(ahead.attempt().endedAt()).contains(ahead.now());

        JobDriver behind = JobDriver.running(workers(1)).pass(Duration.ofMinutes(1));
        behind.exit("worker", 0, ExitStatus.SUCCESS, JobDriver.BEGINNING.minusSeconds(90));
        assertThat(behind.attempt().endedAt()).contains(behind.attempt().grantedAt());
    }

    @Test
    void anAttemptWithoutReplicasEndsNow() {
        JobDriver job = JobDriver.admitted(workers(2)).pass(LATE).send(new JobEvent.Cancel("no"));

        assertThat(job.phase()).isEqualTo(Phase.CANCELLED);
        assertThat(job.attempt().endedAt()).contains(job.now());
    }

    @Test
    void aPlaceIsHeldUntilTheReplicaThatLeavesItHasEnded() {
        JobDriver job = JobDriver.running(of(elastic(3, 1, 3).build())).pass(Duration.ofMinutes(1));
        ReplicaId second = job.replica("worker", 1).id();
        ReplicaId third = job.replica("worker", 2).id();
        job.send(new JobEvent.Resize(new TreeMap<>(Map.of("worker", 1))));
        Instant left = job.now().plusSeconds(2);

        job.pass(LATE)
                .report(
                        third,
                        ReplicaState.FAILED,
                        status -> status.exit(ExitStatus.ofSignal(15)).endedAt(left));
        job.pass(LATE).exitAfterTerm(second);

        assertThat(job.attempt().pastPlacements())
                .extracting(Attempt.PastPlacement::until)
                .containsExactly(left, job.now());
    }
}

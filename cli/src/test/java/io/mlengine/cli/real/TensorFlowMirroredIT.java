package io.mlengine.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.metering.UsageRecord;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.ReplicaId;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The TensorFlow example without parameter servers: two workers, MultiWorkerMirroredStrategy on CPUs. */
@Timeout(900) // the first run on a machine downloads TensorFlow
@Tag("framework")
class TensorFlowMirroredIT {
    @TempDir
    Path root;

    @BeforeEach
    void isPossibleHere() {
        Needed.check("python3 with venv and pip", Needed.succeeds("python3", "-c", "import venv, ensurepip"));
    }

    @Test
    void twoWorkersTrainTogetherUpToTheirAccuracy() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job = engine.submit(ExampleJobs.read("tensorflow/mirrored.yaml", "--step-delay", "0.02"));
            JobResult result = job.await(Duration.ofMinutes(12));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(result.view().record().attemptNumber())
                    .as(engine.story(job))
                    .isEqualTo(1);
            assertThat(RealEngine.lines(job))
                    .contains("worker 0 of 2 is up, attempt 1", "worker 1 of 2 is up, attempt 1");
            assertThat(ExampleJobs.accuracy(engine, job)).isGreaterThan(0.9);

            assertThat(engine.events)
                    .as("progress was shown while it ran")
                    .filteredOn(event -> event.type() == EngineEvent.Type.PROGRESS)
                    .hasSizeGreaterThan(2);
            Progress last = result.view().progress().orElseThrow();
            assertThat(last.step()).hasValue(300);
            assertThat(last.total()).hasValue(300);

            RealEngine.awaitTrue(RealEngine.PATIENCE, "usage recorded", () -> !engine.usage.isEmpty());
            UsageRecord usage = engine.usage.get(0);
            long seconds = Duration.between(usage.since(), usage.until()).toSeconds();
            assertThat(usage.cpuMilliMillis().longValueExact() / 1_000_000)
                    .as("two cores for %s s", seconds)
                    .isBetween(2 * seconds, 2 * seconds + 2);
            assertThat(usage.worth()).isEqualTo(UsageRecord.Worth.USEFUL);
            assertThat(RealEngine.processes(job)).isEmpty();
        }
    }

    @Test
    void aKilledWorkerCostsOneRetryAndTheNextAttemptGoesOnFromTheCheckpoint() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job = engine.submit(
                    ExampleJobs.read("tensorflow/mirrored.yaml", "--checkpoint-every", "10", "--step-delay", "0.02"));
            engine.await(job, "step 30", view -> PyTorchDdpIT.step(view) > 30);
            ReplicaId victim = PyTorchDdpIT.replica(job, 1);
            RealEngine.signalGroup("KILL", engine.leader(victim).orElseThrow());

            JobResult result = job.await(Duration.ofMinutes(5));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(result.view().record().attemptNumber())
                    .as(engine.story(job))
                    .isEqualTo(2);
            assertThat(result.view().record().retries().user()).isEqualTo(1);
            assertThat(result.view()
                            .record()
                            .pastAttempts()
                            .get(0)
                            .cause()
                            .orElseThrow()
                            .exit())
                    .contains(ExitStatus.ofSignal(9));
            assertThat(ExampleJobs.resumedFrom(engine, job)).isGreaterThanOrEqualTo(30);
            assertThat(ExampleJobs.accuracy(engine, job)).isGreaterThan(0.9);
            assertThat(RealEngine.processes(job)).isEmpty();
        }
    }
}

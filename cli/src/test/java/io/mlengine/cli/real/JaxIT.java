package io.mlengine.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.metering.UsageRecord;
import io.mlengine.spi.model.ReplicaId;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The JAX example: two processes, jax.distributed, collectives of gloo on CPUs. */
@Timeout(900) // the first run on a machine downloads JAX
@Tag("framework")
class JaxIT {
    @TempDir
    Path root;

    @BeforeEach
    void isPossibleHere() {
        Needed.check("python3 with venv and pip", Needed.succeeds("python3", "-c", "import venv, ensurepip"));
    }

    @Test
    void twoProcessesTrainTogetherUpToTheirAccuracy() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job = engine.submit(ExampleJobs.read("jax/train.yaml", "--step-delay", "0.02"));
            JobResult result = job.await(Duration.ofMinutes(12));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(result.view().record().attemptNumber())
                    .as(engine.story(job))
                    .isEqualTo(1);
            assertThat(RealEngine.lines(job)).contains("process 1 of 2 is up on cpu, attempt 1");
            assertThat(ExampleJobs.accuracy(engine, job)).isGreaterThan(0.9);

            assertThat(engine.events)
                    .as("progress was shown while it ran")
                    .filteredOn(event -> event.type() == EngineEvent.Type.PROGRESS)
                    .hasSizeGreaterThan(2);
            assertThat(PyTorchDdpIT.step(result.view())).isEqualTo(300);
            RealEngine.awaitTrue(RealEngine.PATIENCE, "usage recorded", () -> !engine.usage.isEmpty());
            assertThat(engine.usage.get(0).worth()).isEqualTo(UsageRecord.Worth.USEFUL);
            assertThat(RealEngine.processes(job)).isEmpty();
        }
    }

    @Test
    void aKilledProcessCostsOneRetryAndTheNextAttemptGoesOnFromTheCheckpoint() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job = engine.submit(
                    ExampleJobs.read("jax/train.yaml", "--checkpoint-every", "10", "--step-delay", "0.02"));
            engine.await(job, "step 30", view -> PyTorchDdpIT.step(view) > 30);
            ReplicaId victim = PyTorchDdpIT.replica(job, 1);
            RealEngine.signalGroup("KILL", engine.leader(victim).orElseThrow());

            JobResult result = job.await(Duration.ofMinutes(5));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(result.view().record().attemptNumber())
                    .as(engine.story(job))
                    .isEqualTo(2);
            assertThat(result.view().record().retries().user()).isEqualTo(1);
            assertThat(ExampleJobs.resumedFrom(engine, job)).isGreaterThanOrEqualTo(30);
            assertThat(ExampleJobs.accuracy(engine, job)).isGreaterThan(0.9);
            assertThat(RealEngine.processes(job)).isEmpty();
        }
    }
}

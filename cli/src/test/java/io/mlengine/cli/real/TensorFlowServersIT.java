package io.mlengine.cli.real;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.api.JobView;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.metering.UsageRecord;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.ReplicaKey;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The TensorFlow example with a parameter server: a chief, two workers and the server, on CPUs. */
@Timeout(900) // the first run on a machine downloads TensorFlow
@Tag("framework")
class TensorFlowServersIT {
    private static final ReplicaKey CHIEF = new ReplicaKey("chief", 0);
    private static final ReplicaKey WORKER = new ReplicaKey("worker", 1);
    private static final ReplicaKey SERVER = new ReplicaKey("ps", 0);

    @TempDir
    Path root;

    @BeforeEach
    void isPossibleHere() {
        Needed.check("python3 with venv and pip", Needed.succeeds("python3", "-c", "import venv, ensurepip"));
    }

    @Test
    void theChiefEndsTheJobAndTheEngineStopsWhoOnlyServes() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job = engine.submit(ExampleJobs.read("tensorflow/servers.yaml", "--round-delay", "0.2"));
            JobResult result = job.await(Duration.ofMinutes(12));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(result.view().record().attemptNumber())
                    .as(engine.story(job))
                    .isEqualTo(1);
            assertThat(RealEngine.lines(job)).contains("chief of 2 workers is up, attempt 1", "ps 0 serves, attempt 1");
            assertThat(ExampleJobs.accuracy(engine, job)).isGreaterThan(0.9);

            assertThat(replica(result.view(), CHIEF).current().exit()).contains(ExitStatus.SUCCESS);
            assertThat(replica(result.view(), SERVER).current().exit())
                    .as("the parameter server never ends by itself")
                    .contains(ExitStatus.ofSignal(15));
            assertThat(replica(result.view(), WORKER).current().exit()).contains(ExitStatus.ofSignal(15));
            assertThat(RealEngine.processes(job)).isEmpty();

            assertThat(engine.events)
                    .as("progress was shown while it ran")
                    .filteredOn(event -> event.type() == EngineEvent.Type.PROGRESS)
                    .hasSizeGreaterThan(2);
            assertThat(PyTorchDdpIT.step(result.view())).isEqualTo(600);
            RealEngine.awaitTrue(RealEngine.PATIENCE, "usage recorded", () -> !engine.usage.isEmpty());
            assertThat(engine.usage.get(0).worth()).isEqualTo(UsageRecord.Worth.USEFUL);
        }
    }

    @Test
    void aKilledWorkerIsReplacedAloneWhileTheOtherGoesOn() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job = engine.submit(ExampleJobs.read("tensorflow/servers.yaml", "--round-delay", "0.3"));
            engine.await(job, "step 40", view -> PyTorchDdpIT.step(view) > 40);
            kill(engine, job, WORKER);

            JobResult result = job.await(Duration.ofMinutes(5));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(result.view().record().attemptNumber())
                    .as("no new attempt: %s", engine.story(job))
                    .isEqualTo(1);
            assertThat(result.view().record().retries().user()).isEqualTo(1);
            assertThat(replica(result.view(), WORKER).id().restart()).isEqualTo(1);
            assertThat(replica(result.view(), CHIEF).id().restart()).isZero();
            assertThat(ExampleJobs.resumedFrom(engine, job)).isZero();
            assertThat(ExampleJobs.accuracy(engine, job)).isGreaterThan(0.9);
            assertThat(RealEngine.processes(job)).isEmpty();
        }
    }

    @Test
    void aKilledParameterServerStartsAllAgainFromTheCheckpoint() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job = engine.submit(
                    ExampleJobs.read("tensorflow/servers.yaml", "--round-delay", "0.1", "--checkpoint-every", "20"));
            engine.await(job, "step 60", view -> PyTorchDdpIT.step(view) > 60);
            kill(engine, job, SERVER);

            JobResult result = job.await(Duration.ofMinutes(5));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(result.view().record().attemptNumber())
                    .as(engine.story(job))
                    .isEqualTo(2);
            assertThat(result.view().record().retries().user()).isEqualTo(1);
            assertThat(ExampleJobs.resumedFrom(engine, job)).isGreaterThanOrEqualTo(60);
            assertThat(ExampleJobs.accuracy(engine, job)).isGreaterThan(0.9);
            assertThat(RealEngine.processes(job)).isEmpty();
        }
    }

    private static void kill(RealEngine engine, JobHandle job, ReplicaKey key) {
        RealEngine.signalGroup(
                "KILL", engine.leader(replica(job.view(), key).id()).orElseThrow());
    }

    private static ReplicaRecord replica(JobView view, ReplicaKey key) {
        return requireNonNull(view.record().attempt().orElseThrow().replicas().get(key));
    }
}

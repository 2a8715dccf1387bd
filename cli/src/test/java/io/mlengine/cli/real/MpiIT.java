package io.mlengine.cli.real;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.JobEnvironment;
import io.mlengine.spi.model.PythonEnvironment;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The MPI example: mpirun in the launcher, two ranks in each of two workers. */
@Timeout(600) // the first run on a machine downloads an MPI
@Tag("framework")
class MpiIT {
    private static final List<String> COMMON = List.of("mpi4py", "numpy");

    @TempDir
    Path root;

    @BeforeEach
    void isPossibleHere() {
        Needed.check("python3 with venv and pip", Needed.succeeds("python3", "-c", "import venv, ensurepip"));
    }

    @Test
    void mpichFromPyPiTrainsInTheWorkers() throws Exception {
        trains("mpich", "mpich");
    }

    @Test
    void openMpi5FromPyPiTrainsInTheWorkers() throws Exception {
        Needed.check(
                "a kernel that gives processes a host name of their own",
                Needed.succeeds("unshare", "--uts", "true")
                        || Needed.succeeds("unshare", "--user", "--map-current-user", "--uts", "true"));
        trains("openmpi", "openmpi");
    }

    @Test
    void theOpenMpi4OfTheMachineTrainsInTheWorkers() throws Exception {
        Needed.check(
                "Open MPI 4, as in Debian's openmpi-bin and libopenmpi-dev",
                Needed.succeeds("sh", "-c", "mpirun --version | grep 'Open MPI) 4'"));
        trains("openmpi");
    }

    private void trains(String implementation, String... packages) throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job = engine.submit(read(implementation, List.of(packages), "--step-delay", "0.01"));
            JobResult result = job.await(Duration.ofMinutes(9));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(result.view().record().attemptNumber()).isEqualTo(1);
            assertThat(RealEngine.lines(job))
                    .filteredOn(line -> line.contains(" is up in "))
                    .extracting(line -> line.replaceAll(" on .*", ""))
                    .containsExactlyInAnyOrder(
                            "rank 0 of 4 is up in worker 0",
                            "rank 1 of 4 is up in worker 0",
                            "rank 2 of 4 is up in worker 1",
                            "rank 3 of 4 is up in worker 1");
            assertThat(result.view().progress().orElseThrow().metrics().get("test_accuracy"))
                    .isGreaterThan(0.9);
            assertThat(engine.events)
                    .filteredOn(event -> event.type() == EngineEvent.Type.PROGRESS)
                    .hasSizeGreaterThan(1);
            assertThat(root.resolve("jobs").resolve(job.id().value()).resolve("outputs/model/model.npz"))
                    .isNotEmptyFile();
            assertThat(RealEngine.processes(job)).isEmpty();
        }
    }

    @Test
    void aLostWorkerEndsTheGroupAndTheNextAttemptGoesOnFromTheCheckpoint() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job =
                    engine.submit(read("mpich", List.of("mpich"), "--checkpoint-every", "20", "--step-delay", "0.01"));
            engine.await(job, "some checkpoints", view -> PyTorchDdpIT.step(view) > 60);
            ReplicaId victim = PyTorchDdpIT.replica(job, 1);
            List<ProcessHandle> lost = RealEngine.processes(victim);
            assertThat(lost).as("the agent, MPI's daemon and two ranks").hasSizeGreaterThanOrEqualTo(4);
            RealEngine.signalGroup("KILL", engine.leader(victim).orElseThrow());

            JobResult result = job.await(Duration.ofMinutes(2));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(lost).noneMatch(RealEngine::runs);
            assertThat(result.view().record().attemptNumber()).isEqualTo(2);
            assertThat(result.view()
                            .record()
                            .pastAttempts()
                            .get(0)
                            .cause()
                            .orElseThrow()
                            .replica())
                    .contains(victim);
            assertThat(RealEngine.lines(job)).anyMatch(line -> line.startsWith("rank 0 resumed from step"));
            assertThat(RealEngine.processes(job)).isEmpty();
        }
    }

    @Test
    void whatRanksUseIsCountedInTheirWorkers() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job = engine.submit(read("mpich", List.of("mpich"), "--step-delay", "0.01"));
            JobResult result = job.await(Duration.ofMinutes(2));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            var use = result.view().record().observations().use();
            long launcher =
                    requireNonNull(use.get(new ReplicaKey("launcher", 0))).memoryBytesPeak();
            for (int worker = 0; worker < 2; worker++) {
                assertThat(requireNonNull(use.get(new ReplicaKey("worker", worker)))
                                .memoryBytesPeak())
                        .as("two ranks with numpy, against mpirun: %s", use)
                        .isGreaterThan(launcher)
                        .isGreaterThan(50L << 20);
            }
        }
    }

    /** The example with another MPI, and arguments for its script. */
    private static MLTrain read(String implementation, List<String> packages, String... arguments) throws IOException {
        MLTrain train = ExampleJobs.read(
                "mpi/train.yaml", List.of("frameworkOptions.implementation=" + implementation), arguments);
        List<String> requirements = new ArrayList<>(COMMON);
        requirements.addAll(packages);
        return MLTrain.builder()
                .from(train)
                .environment(JobEnvironment.builder()
                        .from(train.environment())
                        .python(PythonEnvironment.builder()
                                .requirements(requirements)
                                .build())
                        .build())
                .build();
    }
}

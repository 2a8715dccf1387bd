package io.mlengine.cli.real;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.api.JobView;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.model.ReplicaId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The PyTorch example in agent mode: torchrun agents that meet again when one is lost or comes. */
@Timeout(900) // the first run on a machine may download torch
@org.junit.jupiter.api.Tag("framework")
class PyTorchElasticIT {
    @TempDir
    Path root;

    @BeforeEach
    void isPossibleHere() {
        Needed.python();
    }

    @Test
    void aLostWorkerIsReplacedWhileTheOthersGoOn() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job = engine.submit(
                    ExampleJobs.read("pytorch-ddp/elastic.yaml", "--step-delay", "0.05", "--epochs", "8"));
            engine.await(job, "steps of two workers", view -> PyTorchDdpIT.step(view) > 30);
            ReplicaId victim = PyTorchDdpIT.replica(job, 1);
            List<ProcessHandle> lost = RealEngine.processes(victim);
            assertThat(lost).as("the agent and its worker").hasSizeGreaterThanOrEqualTo(2);
            RealEngine.signalGroup("KILL", engine.leader(victim).orElseThrow());

            JobView after = engine.await(
                    job, "the engine saw it end", view -> !victim.equals(current(view, victim)) || ended(view, victim));
            assertThat(lost)
                    .as("the worker has a session of its own and is gone all the same")
                    .noneMatch(RealEngine::runs);
            assertThat(after.record().attemptNumber()).isEqualTo(1);

            JobResult result = job.await(Duration.ofMinutes(5));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(result.view().record().attemptNumber())
                    .as("no new attempt: %s", engine.story(job))
                    .isEqualTo(1);
            assertThat(RealEngine.lines(job)).anyMatch(line -> line.contains("resumed from step"));
            assertThat(accuracy(job)).isGreaterThan(0.9);
            assertThat(RealEngine.processes(job)).isEmpty();
        }
    }

    @Test
    void aJobGrowsWhileItTrains() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job = engine.submit(
                    ExampleJobs.read("pytorch-ddp/elastic.yaml", "--step-delay", "0.05", "--epochs", "8"));
            engine.await(job, "steps of two workers", view -> PyTorchDdpIT.step(view) > 10);
            job.resize(new TreeMap<>(Map.of("worker", 3))).join();
            engine.await(
                    job,
                    "a third worker trains",
                    view -> RealEngine.lines(job).stream().anyMatch(line -> line.contains(" of 3 is up")));
            assertThat(job.view().phase()).isEqualTo(Phase.RUNNING);
            JobResult result = job.await(Duration.ofMinutes(5));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(result.view().record().attemptNumber()).isEqualTo(1);
            assertThat(result.view().record().attempt().orElseThrow().replicas())
                    .hasSize(3);
            assertThat(accuracy(job)).isGreaterThan(0.9);
        }
    }

    private static ReplicaId current(JobView view, ReplicaId id) {
        return record(view, id).id();
    }

    private static boolean ended(JobView view, ReplicaId id) {
        ReplicaState state = record(view, id).current().state();
        return !state.mayLive();
    }

    private static ReplicaRecord record(JobView view, ReplicaId id) {
        return requireNonNull(view.record().attempt().orElseThrow().replicas().get(id.key()));
    }

    private double accuracy(JobHandle job) throws Exception {
        Path outputs = root.resolve("jobs").resolve(job.id().value()).resolve("outputs");
        String metrics = Files.readString(outputs.resolve("metrics.json"));
        return Double.parseDouble(metrics.replaceAll("(?s).*\"accuracy\": ([0-9.]+).*", "$1"));
    }
}

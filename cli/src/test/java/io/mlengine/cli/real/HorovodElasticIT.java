package io.mlengine.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobResult;
import io.mlengine.spi.model.ReplicaId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The elastic Horovod example: horovodrun in a role of its own, its processes inside the workers' replicas. */
@Timeout(1800) // the first run on a machine builds Horovod
@org.junit.jupiter.api.Tag("framework")
class HorovodElasticIT {
    @TempDir
    Path root;

    @BeforeEach
    void isPossibleHere() {
        Needed.horovod();
    }

    @Test
    void aKilledWorkerIsReplacedWhileTheOthersGoOn() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job =
                    engine.submit(ExampleJobs.read("horovod/elastic.yaml", "--steps", "300", "--step-delay", "0.05"));
            awaitStart(job, " of 3 goes on from step 0");
            RealEngine.awaitTrue(Duration.ofMinutes(2), "some steps", () -> PyTorchDdpIT.step(job.view()) > 30);
            ReplicaId victim = PyTorchDdpIT.replica(job, 1);
            List<ProcessHandle> lost = RealEngine.processes(victim);
            assertThat(lost)
                    .as("the agent and what horovodrun has started in it")
                    .hasSizeGreaterThanOrEqualTo(2);
            RealEngine.signalGroup("KILL", engine.leader(victim).orElseThrow());

            // Whether two meet first depends on who is quicker: they, or the one in its place.
            RealEngine.awaitTrue(
                    Duration.ofMinutes(2), "three again", () -> lines(job, " of 3 goes on from step ") >= 6);
            assertThat(RealEngine.lines(job))
                    .contains("launcher: worker-1 has gone, host "
                            + hosts(job, victim).get(0));
            assertThat(hosts(job, victim))
                    .as("horovodrun takes it for another host")
                    .hasSize(2);
            assertThat(lost).noneMatch(RealEngine::runs);
            assertEndsWell(engine, job);
        }
    }

    @Test
    void aJobGrowsWhileItTrains() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job =
                    engine.submit(ExampleJobs.read("horovod/elastic.yaml", "--steps", "200", "--step-delay", "0.05"));
            awaitStart(job, " of 3 goes on from step 0");
            job.resize(new TreeMap<>(Map.of("worker", 4))).join();
            engine.await(job, "a fourth trains", view -> hasLine(job, "rank 3 of 4 goes on from step "));
            assertEndsWell(engine, job);
        }
    }

    private static void awaitStart(JobHandle job, String line) {
        RealEngine.awaitTrue(
                Duration.ofMinutes(25),
                "all train",
                () -> hasLine(job, line) || job.view().phase().isTerminal());
    }

    private static void assertEndsWell(RealEngine engine, JobHandle job) throws Exception {
        JobResult result = job.await(Duration.ofMinutes(5));
        assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
        assertThat(result.view().record().attemptNumber())
                .as("no new attempt: %s", engine.story(job))
                .isEqualTo(1);
        assertThat(RealEngine.lines(job)).anyMatch(line -> line.contains("test accuracy 0.9"));
        assertThat(RealEngine.processes(job)).isEmpty();
    }

    /** The hosts as which horovodrun has known a worker. */
    private static List<String> hosts(JobHandle job, ReplicaId worker) {
        String arrival = "launcher: " + worker.key() + " has come, host ";
        return RealEngine.lines(job).stream()
                .filter(line -> line.startsWith(arrival))
                .map(line -> line.substring(arrival.length()))
                .toList();
    }

    private static boolean hasLine(JobHandle job, String part) {
        return lines(job, part) > 0;
    }

    private static long lines(JobHandle job, String part) {
        return RealEngine.lines(job).stream()
                .filter(line -> line.contains(part))
                .count();
    }
}

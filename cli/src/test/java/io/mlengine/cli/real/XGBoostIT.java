package io.mlengine.cli.real;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The XGBoost example: four processes, our tracker or the first worker's, the real library between them. */
@Timeout(600) // the first run on a machine downloads XGBoost, numpy and scipy
@Tag("framework")
class XGBoostIT {
    private static final Pattern RESUMED = Pattern.compile("rank \\d resumed from round (\\d+)");
    private static final Pattern ACCURACY = Pattern.compile("\"accuracy\": ([0-9.]+)");

    /** From the death of a worker to the end of all others; XGBoost's own patience is half an hour. */
    private static final Duration WITHIN = Duration.ofSeconds(5);

    @TempDir
    Path root;

    @BeforeEach
    void isPossibleHere() {
        Needed.check("python3 with venv and pip", Needed.succeeds("python3", "-c", "import venv, ensurepip"));
    }

    @Test
    void fourProcessesGrowOneModelUpToItsAccuracy() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job = engine.submit(ExampleJobs.read("xgboost/train.yaml"));
            JobResult result = job.await(Duration.ofMinutes(8));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(result.view().record().attemptNumber()).isEqualTo(1);
            assertThat(RealEngine.lines(job))
                    .as("ranks are in the order of the replicas")
                    .containsAll(IntStream.range(0, 4)
                            .mapToObj(rank -> "rank " + rank + " of 4 is up on cpu, attempt 1")
                            .toList())
                    .contains("tracker: all 4 workers have met", "tracker: all 4 workers have said goodbye");
            assertThat(engine.events).anyMatch(event -> event.type() == EngineEvent.Type.PROGRESS);
            assertThat(result.view().progress().orElseThrow().step()).hasValue(40);
            assertThat(accuracy(job)).isGreaterThan(0.95);
            assertThat(RealEngine.processes(job)).isEmpty();
        }
    }

    @Test
    void theFirstWorkerKeepsTheTrackerAsWell() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job = engine.submit(MLTrain.builder()
                    .from(ExampleJobs.read("xgboost/train.yaml", "--rounds", "10", "--min-accuracy", "0.8"))
                    .frameworkOptions(FrameworkOptions.of(Map.of("tracker", "rank0")))
                    .build());
            JobResult result = job.await(Duration.ofMinutes(8));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(result.view().record().attemptNumber()).isEqualTo(1);
            assertThat(result.view().record().attempt().orElseThrow().replicas())
                    .hasSize(4);
        }
    }

    @Test
    void aKilledWorkerEndsTheGroupWithinSecondsAndTheNextAttemptGoesOn() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job = engine.submit(ExampleJobs.read("xgboost/train.yaml", "--round-delay", "0.2"));
            engine.await(job, "a checkpoint", view -> PyTorchDdpIT.step(view) > 6);
            ReplicaId victim = PyTorchDdpIT.replica(job, 2);
            Instant killed = Instant.now();
            RealEngine.signalGroup("KILL", engine.leader(victim).orElseThrow());

            RealEngine.awaitTrue(
                    WITHIN,
                    "nothing of the first attempt is alive",
                    () -> job.view().record().attemptNumber() > 1 || allEnded(job));
            assertThat(Duration.between(killed, Instant.now())).isLessThan(WITHIN);

            JobResult result = job.await(Duration.ofMinutes(3));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(result.view().record().attemptNumber()).isEqualTo(2);
            Attempt first = result.view().record().pastAttempts().get(0);
            assertThat(first.cause().orElseThrow().replica()).contains(victim);
            assertThat(requireNonNull(first.replicas().get(victim.key()))
                            .current()
                            .exit())
                    .contains(ExitStatus.ofSignal(9));
            assertThat(resumedFrom(job)).isGreaterThanOrEqualTo(5);
            assertThat(accuracy(job)).isGreaterThan(0.95);
            assertThat(RealEngine.processes(job)).isEmpty();
        }
    }

    @Test
    void anOlderXGBoostIsRefusedWithAReasonAndNotTriedAgain() throws Exception {
        // The real one is a download of 300 MB; what the check reads is its version.
        Path packages = Files.createDirectories(root.resolve("packages"));
        Files.writeString(packages.resolve("xgboost.py"), "__version__ = '1.7.6'\n");
        Role worker = Role.named("worker")
                .replicas(2)
                .command("python", "-c", "import mlengine_xgboost\nwith mlengine_xgboost.communicator(): pass")
                .env("PYTHONPATH", packages.toString())
                .build();
        try (RealEngine engine = RealEngine.open(root)) {
            JobHandle job = engine.submit(MLTrain.named("old")
                    .framework("xgboost")
                    .addRole(worker)
                    .runPolicy(ShellJobs.policy().build())
                    .build());
            JobResult result = engine.end(job);
            assertThat(result.view().phase()).isEqualTo(Phase.FAILED);
            assertThat(result.view().record().attemptNumber()).isEqualTo(1);
            FailureCause cause = result.outcome().cause().orElseThrow();
            assertThat(cause.failureClass()).isEqualTo(FailureClass.CONFIGURATION);
            assertThat(cause.reason()).isEqualTo("XGBoostTooOld");
            assertThat(cause.message()).contains("XGBoost 1.7.6 is too old", "install xgboost 2.1 or newer");
        }
    }

    private static boolean allEnded(JobHandle job) {
        return job.view().record().attempt().orElseThrow().replicas().values().stream()
                .map(replica -> replica.current().state())
                .noneMatch(ReplicaState::mayLive);
    }

    private static long resumedFrom(JobHandle job) {
        return RealEngine.lines(job).stream()
                .map(RESUMED::matcher)
                .filter(Matcher::find)
                .mapToLong(matcher -> Long.parseLong(matcher.group(1)))
                .findFirst()
                .orElseThrow();
    }

    private double accuracy(JobHandle job) throws IOException {
        Path outputs = root.resolve("jobs").resolve(job.id().value()).resolve("outputs");
        assertThat(outputs.resolve("model.json")).isNotEmptyFile();
        Matcher accuracy = ACCURACY.matcher(Files.readString(outputs.resolve("metrics.json")));
        assertThat(accuracy.find()).isTrue();
        return Double.parseDouble(accuracy.group(1));
    }
}

package io.mlengine.cli.real;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.api.JobView;
import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.Phase;
import io.mlengine.core.metering.UsageRecord;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The PyTorch example in rank mode: two processes, DDP over gloo. */
@Timeout(900) // the first run on a machine may download torch
@org.junit.jupiter.api.Tag("framework")
class PyTorchDdpIT {
    private static final Pattern RESUMED = Pattern.compile("rank \\d resumed from step (\\d+)");

    @TempDir
    Path root;

    @BeforeEach
    void isPossibleHere() {
        Needed.python();
    }

    @Test
    void twoProcessesTrainTogetherUpToTheirAccuracy() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job =
                    engine.submit(ExampleJobs.read("pytorch-ddp/train.yaml", "--epochs", "6", "--step-delay", "0.02"));
            JobResult result = job.await(Duration.ofMinutes(12));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(result.view().record().attemptNumber()).isEqualTo(1);
            assertThat(RealEngine.lines(job)).contains("rank 0 of 2 is up on cpu, attempt 1");
            assertThat(accuracy(job)).isGreaterThan(0.9);

            List<Long> steps = engine.events.stream()
                    .filter(event -> event.type() == EngineEvent.Type.PROGRESS)
                    .map(event -> event.view().progress().orElseThrow().step().orElseThrow())
                    .toList();
            assertThat(steps).as("progress was shown while it ran").hasSizeGreaterThan(2);
            Progress last = result.view().progress().orElseThrow();
            assertThat(last.step()).hasValue(300);
            assertThat(last.total()).hasValue(300);
            assertThat(last.metrics())
                    .hasEntrySatisfying(
                            "test_accuracy", value -> assertThat(value).isGreaterThan(0.9));

            RealEngine.awaitTrue(RealEngine.PATIENCE, "usage recorded", () -> !engine.usage.isEmpty());
            UsageRecord usage = engine.usage.get(0);
            long seconds = Duration.between(usage.since(), usage.until()).toSeconds();
            assertThat(usage.cpuMilliMillis().longValueExact() / 1_000_000)
                    .as("two cores for %s s", seconds)
                    .isBetween(2 * seconds, 2 * seconds + 2);
            assertThat(usage.worth()).isEqualTo(UsageRecord.Worth.USEFUL);
            assertThat(result.view().record().observations().use().get(new ReplicaKey("worker", 0)))
                    .satisfies(use -> assertThat(use.memoryBytesPeak()).isGreaterThan(50L << 20));
            assertThat(RealEngine.processes(job)).isEmpty();
        }
    }

    @Test
    void aKilledRankCostsOneRetryAndTheNextAttemptGoesOnFromTheCheckpoint() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job = engine.submit(ExampleJobs.read(
                    "pytorch-ddp/train.yaml", "--epochs", "6", "--checkpoint-every", "10", "--step-delay", "0.02"));
            engine.await(job, "a checkpoint", view -> step(view) > 30);
            ReplicaId victim = replica(job, 1);
            RealEngine.signalGroup("KILL", engine.leader(victim).orElseThrow());

            JobResult result = job.await(Duration.ofMinutes(5));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(result.view().record().attemptNumber()).isEqualTo(2);
            assertThat(result.view().record().retries().user()).isEqualTo(1);
            assertThat(result.view().record().retries().infrastructure()).isZero();
            Attempt first = result.view().record().pastAttempts().get(0);
            assertThat(first.cause().orElseThrow().replica()).contains(victim);
            assertThat(requireNonNull(first.replicas().get(victim.key()))
                            .current()
                            .exit())
                    .contains(ExitStatus.ofSignal(9));
            assertThat(resumedFrom(job)).isGreaterThanOrEqualTo(30);
            assertThat(accuracy(job)).isGreaterThan(0.9);
            assertThat(RealEngine.processes(job)).isEmpty();
        }
    }

    @Test
    void aSuspendedJobSavesAndGoesOnWhereItWas() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job = engine.submit(ExampleJobs.read(
                    "pytorch-ddp/train.yaml", "--epochs", "6", "--checkpoint-every", "1000", "--step-delay", "0.02"));
            engine.await(job, "some steps", view -> step(view) > 20);
            job.suspend().join();
            JobView suspended = engine.await(job, "suspended", view -> view.phase() == Phase.SUSPENDED);
            assertThat(RealEngine.processes(job)).isEmpty();
            assertThat(suspended.record().attempt().orElseThrow().replicas().values())
                    .as("both ended by themselves after they had saved")
                    .allSatisfy(replica -> assertThat(replica.current().exit()).contains(ExitStatus.ofCode(143)));
            job.resume().join();
            JobResult result = job.await(Duration.ofMinutes(5));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(result.view().record().retries().user()).isZero();
            assertThat(resumedFrom(job)).as("the checkpoint of the stop").isGreaterThanOrEqualTo(20);
            assertThat(accuracy(job)).isGreaterThan(0.9);
        }
    }

    static long step(JobView view) {
        return view.progress().map(progress -> progress.step().orElse(0)).orElse(0L);
    }

    static ReplicaId replica(JobHandle job, int index) {
        return requireNonNull(
                        job.view().record().attempt().orElseThrow().replicas().get(new ReplicaKey("worker", index)))
                .id();
    }

    private static long resumedFrom(JobHandle job) {
        return RealEngine.lines(job).stream()
                .map(RESUMED::matcher)
                .filter(Matcher::find)
                .mapToLong(matcher -> Long.parseLong(matcher.group(1)))
                .findFirst()
                .orElseThrow();
    }

    private double accuracy(JobHandle job) throws Exception {
        Path outputs = root.resolve("jobs").resolve(job.id().value()).resolve("outputs");
        assertThat(outputs.resolve("model.pt")).isNotEmptyFile();
        Matcher accuracy =
                Pattern.compile("\"accuracy\": ([0-9.]+)").matcher(Files.readString(outputs.resolve("metrics.json")));
        assertThat(accuracy.find()).isTrue();
        return Double.parseDouble(accuracy.group(1));
    }
}

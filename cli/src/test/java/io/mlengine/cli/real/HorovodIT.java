package io.mlengine.cli.real;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.job.Attempt;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.ReplicaId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Horovod example: three processes over gloo, which the engine starts and which meet at the engine's server. */
@Timeout(1800) // the first run on a machine builds Horovod
@org.junit.jupiter.api.Tag("framework")
class HorovodIT {
    private static final Pattern ACCURACY = Pattern.compile("test accuracy ([0-9.]+) after 200 steps");
    private static final Pattern RESUMED = Pattern.compile("rank 0 resumed from step (\\d+)");

    @TempDir
    Path root;

    @BeforeEach
    void isPossibleHere() {
        Needed.horovod();
    }

    @Test
    void threeProcessesTrainTogetherUpToTheirAccuracy() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job = engine.submit(ExampleJobs.read("horovod/train.yaml"));
            JobResult result = job.await(Duration.ofMinutes(25));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(result.view().record().attemptNumber()).isEqualTo(1);
            assertThat(RealEngine.lines(job))
                    .contains(
                            "rank 0 of 3 is up on cpu, attempt 1",
                            "rank 1 of 3 is up on cpu, attempt 1",
                            "rank 2 of 3 is up on cpu, attempt 1");
            assertThat(number(job, ACCURACY)).isGreaterThan(0.9);
            assertThat(result.view().progress().orElseThrow().step()).hasValue(200);
            Path model = root.resolve("jobs").resolve(job.id().value()).resolve("outputs/model.pt");
            assertThat(model).isNotEmptyFile();
            assertThat(RealEngine.processes(job))
                    .as("the server is stopped too")
                    .isEmpty();
        }
    }

    @Test
    void aKilledProcessEndsTheGroupWithinSecondsAndTheNextAttemptResumes() throws Exception {
        try (RealEngine engine = RealEngine.withSharedCache(root)) {
            JobHandle job = engine.submit(
                    ExampleJobs.read("horovod/train.yaml", "--checkpoint-every", "10", "--step-delay", "0.02"));
            RealEngine.awaitTrue(
                    Duration.ofMinutes(25),
                    "some steps",
                    () -> PyTorchDdpIT.step(job.view()) > 30
                            || job.view().phase().isTerminal());
            ReplicaId victim = PyTorchDdpIT.replica(job, 1);
            Instant killed = Instant.now();
            RealEngine.signalGroup("KILL", engine.leader(victim).orElseThrow());

            JobResult result = job.await(Duration.ofMinutes(5));
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(result.view().record().attemptNumber()).isEqualTo(2);
            assertThat(result.view().record().retries().user()).isEqualTo(1);
            Attempt first = result.view().record().pastAttempts().get(0);
            assertThat(first.cause().orElseThrow().replica()).contains(victim);
            assertThat(requireNonNull(first.replicas().get(victim.key()))
                            .current()
                            .exit())
                    .contains(ExitStatus.ofSignal(9));
            assertThat(Duration.between(killed, first.endedAt().orElseThrow()))
                    .as("nobody waits for the lost one until a timeout: %s", engine.story(job))
                    .isLessThan(Duration.ofSeconds(15));
            assertThat(number(job, RESUMED)).isGreaterThanOrEqualTo(30);
            assertThat(number(job, ACCURACY)).isGreaterThan(0.9);
            assertThat(RealEngine.processes(job)).isEmpty();
        }
    }

    private static double number(JobHandle job, Pattern pattern) {
        return RealEngine.lines(job).stream()
                .map(pattern::matcher)
                .filter(Matcher::find)
                .mapToDouble(matcher -> Double.parseDouble(matcher.group(1)))
                .findFirst()
                .orElseThrow();
    }
}

package io.mlengine.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.local.LocalBackendConfig;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.model.Resources;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two engines in two Java processes on one machine. */
@Timeout(180)
class TwoEnginesIT {
    private static final int JOBS = 4;

    @TempDir
    Path root;

    @Test
    void theLeaseOfADeviceHoldsAcrossProcessesAndTheLoserWaits() throws Exception {
        Path shared = Files.createDirectories(root.resolve("shared"));
        Process one = CompetingEngine.start(root.resolve("one"), shared, JOBS);
        Process other = CompetingEngine.start(root.resolve("other"), shared, JOBS);
        for (Process engine : List.of(one, other)) {
            String said = new String(engine.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(engine.waitFor()).as(said).isZero();
            assertThat(said.lines()).hasSize(JOBS).allMatch(line -> line.startsWith("SUCCEEDED user=0 "));
        }
        assertThat(shared.resolve("in-use")).doesNotExist();
    }

    @Test
    void aJobWaitsForADeviceOfAnotherEngineWithoutLosingAttempts() throws Exception {
        Path go = root.resolve("go");
        Path leases = root.resolve("leases");
        try (RealEngine holder = RealEngine.open(root.resolve("one"), with(leases));
                RealEngine other = RealEngine.open(root.resolve("other"), with(leases))) {
            JobHandle first = holder.submit(gpuJob("until [ -e " + go + " ]; do sleep 0.05; done"));
            holder.await(first, "runs", view -> view.phase() == Phase.RUNNING);
            JobHandle second = other.submit(gpuJob("echo mine"));
            other.await(
                    second,
                    "knows why it waits",
                    view -> view.phase() == Phase.QUEUED && view.waiting().isPresent());
            Files.createFile(go);
            assertThat(holder.end(first).isSuccess()).isTrue();
            JobResult result = other.end(second);
            assertThat(result.isSuccess()).as(other.story(second)).isTrue();
            assertThat(result.view().record().retries().user()).isZero();
            assertThat(result.view().record().retries().infrastructure())
                    .as("at most the race for a lease that is being given back: %s", other.story(second))
                    .isLessThanOrEqualTo(1);
        }
    }

    private static UnaryOperator<LocalBackendConfig.Builder> with(Path leases) {
        return builder -> builder.fakeGpus(1).leaseFolder(leases);
    }

    private static MLTrain gpuJob(String script) {
        return MLTrain.named("gpu")
                .framework("command")
                .addRole(ShellJobs.role("worker", script)
                        .resources(Resources.builder().gpus(1).build())
                        .build())
                .runPolicy(ShellJobs.policy().build())
                .build();
    }
}

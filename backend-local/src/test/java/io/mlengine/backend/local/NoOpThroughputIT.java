package io.mlengine.backend.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.model.Resources;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prints how fast they are; a machine that others use at the same time gives no figure to assert. */
class NoOpThroughputIT {
    private static final int JOBS = Integer.getInteger("mlengine.noop.jobs", 50);
    private static final int AT_ONCE = 8;

    private static double cpuMillis() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime()
                / 1e6;
    }

    @TempDir
    Path root;

    @Test
    void jobsThatDoNothingAllSucceed() throws Exception {
        try (LocalBackendFixture fixture = new LocalBackendFixture(root)) {
            for (int round = 0; round < Integer.getInteger("mlengine.noop.rounds", 1); round++) {
                long begin = System.nanoTime();
                for (int i = 0; i < JOBS; i++) {
                    new ProcessBuilder("/bin/true").inheritIO().start().waitFor();
                }
                double bare = JOBS * 1e9 / (System.nanoTime() - begin);
                begin = System.nanoTime();
                double cpu = cpuMillis();
                for (int i = 0; i < JOBS + AT_ONCE; i++) {
                    if (i >= AT_ONCE) {
                        assertThat(fixture.awaitEnd(LocalBackendFixture.replica("j" + round + "-" + (i - AT_ONCE), 0))
                                        .state())
                                .isEqualTo(ReplicaState.SUCCEEDED);
                    }
                    if (i < JOBS) {
                        fixture.start(
                                "j" + round + "-" + i,
                                List.of("/bin/true"),
                                1,
                                Needs.NONE,
                                Resources.NONE,
                                plan -> plan);
                    }
                }
                double ours = JOBS * 1e9 / (System.nanoTime() - begin);
                System.err.printf(
                        "no-op jobs: bare %.0f/s, backend %.0f/s, %.0f %%, engine's own CPU time %.2f ms a job%n",
                        bare, ours, 100 * ours / bare, (cpuMillis() - cpu) / JOBS);
            }
        }
    }
}

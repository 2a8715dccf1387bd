package io.mlengine.backend.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mlengine.backend.local.process.ControlGroups;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.Resources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimitsIT {
    private static final Resources SMALL =
            Resources.builder().memoryBytes(64L << 20).build();

    @TempDir
    Path root;

    @Test
    void runningOutOfMemoryIsNotAKill() {
        assumeTrue(ControlGroups.detect().limitsMemory(), "memory limits are not enforced here");
        try (LocalBackendFixture fixture = new LocalBackendFixture(root)) {
            String hog = "python3 -c 'x=bytearray(200<<20); print(len(x))'";
            ReplicaStatus main = fixture.awaitEnd(fixture.run("hog", "exec " + hog, SMALL, plan -> plan));
            assertThat(main.exit()).contains(ExitStatus.killedForMemory());
            assertThat(main.reason()).isEqualTo("OutOfMemory");
            ReplicaStatus child = fixture.awaitEnd(fixture.run("hogs", hog + "; exit 3", SMALL, plan -> plan));
            assertThat(child.exit()).contains(ExitStatus.ofCode(3));
            assertThat(child.reason()).isEqualTo("OutOfMemory");
            ReplicaStatus killed = fixture.awaitEnd(fixture.run("killed", "kill -9 $$", SMALL, plan -> plan));
            assertThat(killed.exit()).contains(ExitStatus.ofSignal(9));
            ReplicaStatus fits = fixture.awaitEnd(fixture.run("fits", "echo fits", SMALL, plan -> plan));
            assertThat(fits.state()).isEqualTo(ReplicaState.SUCCEEDED);
        }
    }

    @Test
    void aCpuLimitSlowsAReplicaDown() {
        assumeTrue(ControlGroups.detect().limitsCpu(), "cpu limits are not enforced here");
        try (LocalBackendFixture fixture = new LocalBackendFixture(root)) {
            Resources tenth = Resources.builder().cpuMillis(100).build();
            // A quarter of a second of work takes two and a half seconds.
            String work = "import time\nwhile time.process_time() < 0.25: pass";
            ReplicaStatus end = fixture.awaitEnd(
                    fixture.start("slow", List.of("python3", "-c", work), 1, Needs.NONE, tenth, plan -> plan));
            assertThat(end.state()).isEqualTo(ReplicaState.SUCCEEDED);
            assertThat(java.time.Duration.between(
                                    end.startedAt().orElseThrow(), end.endedAt().orElseThrow())
                            .toMillis())
                    .isGreaterThan(1_200);
        }
    }

    @Test
    void aFullDiskFailsTheReplicaWithThatMessageAndHarmsNobodyElse() throws Exception {
        Path disk = Files.createDirectory(root.resolve("disk"));
        assumeTrue(
                new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString())
                                .start()
                                .waitFor()
                        == 0,
                "mounting a small disk needs to be root");
        try (LocalBackendFixture fixture = new LocalBackendFixture(disk)) {
            ReplicaId replica = fixture.run(
                    "full", "trap '' PIPE; i=0; while [ $i -lt 300000 ]; do echo line $i || exit 9; i=$((i+1)); done");
            ReplicaStatus end = fixture.awaitEnd(replica);
            assertThat(end.exit()).contains(ExitStatus.ofCode(9));
            assertThat(end.reason()).isEqualTo("DiskFull");
            assertThat(end.message()).contains("disk full");
            assertThat(end.failureClass()).contains(FailureClass.INFRASTRUCTURE);
            ReplicaStatus next = fixture.awaitEnd(fixture.run("next", "exit 0"));
            assertThat(next.reason()).isEqualTo("DiskFull");
            fixture.backend
                    .remove(LocalBackendFixture.attempt("full").job(), LocalBackendFixture.FENCE)
                    .toCompletableFuture()
                    .join();
            assertThat(fixture.awaitEnd(fixture.run("room", "exit 0")).state()).isEqualTo(ReplicaState.SUCCEEDED);
        } finally {
            new ProcessBuilder("umount", "-l", disk.toString()).start().waitFor();
        }
    }
}

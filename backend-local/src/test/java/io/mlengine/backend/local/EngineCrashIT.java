package io.mlengine.backend.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.local.log.LogFolder;
import io.mlengine.backend.local.process.ProcessTable;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineCrashIT {
    @TempDir
    Path root;

    private final ReplicaId replica = LocalBackendFixture.replica("crash", 0);

    private static boolean isAlive(long pid) {
        return ProcessTable.find(pid).filter(ProcessTable.Entry::isAlive).isPresent();
    }

    @Test
    void aReplicaSurvivesItsEngineAndIsEndedByTheNextOne() throws Exception {
        Path self = root.resolve("self");
        Path away = root.resolve("away");
        String script = "echo $$ >" + self + "; setsid sh -c 'trap \"\" TERM; echo $$ >" + away
                + "; while :; do sleep 1; done' & echo one; while :; do sleep 0.1; echo more; done";
        Process engine = EngineProcess.start(root, script);
        assertThat(engine.inputReader().readLine()).isEqualTo("ready");
        LocalBackendFixture.awaitTrue(
                "pids", () -> away.toFile().length() > 1 && self.toFile().length() > 1);
        long pid = Long.parseLong(Files.readString(self).trim());
        long grandchild = Long.parseLong(Files.readString(away).trim());
        try (LocalBackendFixture other = new LocalBackendFixture(root)) {
            assertThat(other.events()).isNotEmpty();
            assertThat(isAlive(pid))
                    .as("an engine that lives keeps its replicas")
                    .isTrue();
        }
        engine.destroyForcibly().waitFor();
        assertThat(isAlive(pid)).isTrue();
        long size = replicaLog().toFile().length();
        LocalBackendFixture.awaitTrue(
                "it goes on writing", () -> replicaLog().toFile().length() > size + 10);
        try (LocalBackendFixture next = new LocalBackendFixture(root)) {
            assertThat(isAlive(pid)).isFalse();
            assertThat(isAlive(grandchild)).isFalse();
            assertThat(root.resolve("live")).isEmptyDirectory();
            assertThat(LogFolder.of(root, JobId.of("crash")).replicas()).containsExactly(replica);
            assertThat(LogFolder.of(root, JobId.of("crash")).lines(java.util.List.of(replica)))
                    .extracting(LogLine::text)
                    .startsWith("one", "more");
            next.awaitEnd(next.run("later", "true"));
        } finally {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    private Path replicaLog() {
        return root.resolve("jobs/crash/attempt-1/worker-0/stdout.log");
    }

    @Test
    void anEngineThatEndsInOrderStopsItsReplicas() throws Exception {
        Path self = root.resolve("self");
        Process engine = EngineProcess.start(root, "echo $$ >" + self + "; while :; do sleep 1; done");
        assertThat(engine.inputReader().readLine()).isEqualTo("ready");
        LocalBackendFixture.awaitTrue("pid", () -> self.toFile().length() > 1);
        engine.getOutputStream().close();
        assertThat(engine.waitFor()).isZero();
        assertThat(isAlive(Long.parseLong(Files.readString(self).trim()))).isFalse();
        assertThat(root.resolve("live")).isEmptyDirectory();
    }
}

package io.mlengine.cli.real;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.local.process.ControlGroups;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.api.JobView;
import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.PhaseChange;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.CodeSource;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.GitSource;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Resources;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong on a real machine, seen through a whole engine. */
@Timeout(120)
class EngineFaultsIT {
    private static final String WAIT = "while :; do sleep 0.1; done";

    @TempDir
    Path root;

    @Test
    void successAndFailureInOneInstantAreDecidedOnceByTheTieRule() throws Exception {
        try (RealEngine engine = RealEngine.open(root)) {
            for (int round = 0; round < 5; round++) {
                Path go = root.resolve("go-" + round);
                String barrier = "echo up; until [ -e " + go + " ]; do :; done; exit ";
                JobHandle job = engine.submit(MLTrain.named("tie-" + round)
                        .framework("command")
                        .addRole(ShellJobs.role("chief", barrier + 0).build())
                        .addRole(ShellJobs.role("worker", barrier + 1)
                                .deciders(Deciders.NONE)
                                .build())
                        .runPolicy(ShellJobs.policy().build())
                        .build());
                engine.await(
                        job,
                        "both wait",
                        view -> RealEngine.lines(job).stream()
                                        .filter("up"::equals)
                                        .count()
                                == 2);
                Files.createFile(go);
                JobRecord record = engine.end(job).view().record();
                Instant chief = status(record, "chief").endedAt().orElseThrow();
                Instant worker = status(record, "worker").endedAt().orElseThrow();
                assertThat(record.outcome().orElseThrow().result())
                        .as("chief at %s, worker at %s\n%s", chief, worker, engine.story(job))
                        .isEqualTo(worker.isBefore(chief) ? Outcome.Result.FAILED : Outcome.Result.SUCCEEDED);
                assertThat(record.history())
                        .extracting(PhaseChange::phase)
                        .filteredOn(Phase::isTerminal)
                        .containsExactly(record.phase());
                assertThat(record.attemptNumber()).isEqualTo(1);
                assertThat(record.retries().user()).isZero();
            }
        }
    }

    private static ReplicaStatus status(JobRecord record, String role) {
        return requireNonNull(record.attempt().orElseThrow().replicas().get(new ReplicaKey(role, 0)))
                .current();
    }

    @Test
    void aCancelledJobLeavesNoGrandchildThatIgnoresTerm() {
        try (RealEngine engine = RealEngine.open(root)) {
            String deaf = "sh -c 'trap \"\" TERM; echo up; " + WAIT + "' & ";
            JobHandle job = engine.submit(
                    ShellJobs.one("stubborn", deaf + "setsid " + deaf + "setsid setsid " + deaf + "echo up; " + WAIT)
                            .build());
            engine.await(job, "four are up", view -> RealEngine.lines(job).size() == 4);
            List<ProcessHandle> all = RealEngine.processes(job);
            assertThat(all).hasSizeGreaterThanOrEqualTo(4);
            job.cancel("enough").join();
            assertThat(engine.end(job).outcome().result()).isEqualTo(Outcome.Result.CANCELLED);
            assertThat(all).noneMatch(RealEngine::runs);
            assertThat(RealEngine.processes(job)).isEmpty();
        }
    }

    @Test
    void aJobThatRunsOutOfMemoryIsToldSo() {
        Assumptions.assumeTrue(ControlGroups.detect().limitsMemory(), "memory limits are not enforced here");
        try (RealEngine engine = RealEngine.open(root)) {
            JobHandle job = engine.submit(MLTrain.named("hog")
                    .framework("command")
                    .addRole(ShellJobs.role("worker", "exec python3 -c 'x = bytearray(200 << 20); print(len(x))'")
                            .resources(
                                    Resources.builder().memoryBytes(64L << 20).build())
                            .build())
                    .runPolicy(ShellJobs.policy().build())
                    .build());
            JobResult result = engine.end(job);
            assertThat(result.outcome().result()).isEqualTo(Outcome.Result.FAILED);
            assertThat(result.outcome().cause().orElseThrow().reason()).isEqualTo("OutOfMemory");
            assertThat(result.outcome().cause().orElseThrow().exit()).contains(ExitStatus.killedForMemory());
            assertThat(result.outcome().message()
                            + result.outcome().cause().get().message())
                    .contains("memory");
        }
    }

    @Test
    void aStrangerOnALeasedPortCostsNoUserRetry() throws Exception {
        Path go = root.resolve("go");
        String bind =
                "import os, socket; socket.create_server((\"127.0.0.1\", int(os.environ[\"MLENGINE_PORT_MAIN\"])))";
        Process stranger = null;
        try (RealEngine engine = RealEngine.open(root)) {
            JobHandle job = engine.submit(ShellJobs.one(
                            "port", "until [ -e " + go + " ]; do sleep 0.05; done; exec python3 -c '" + bind + "'")
                    .frameworkOptions(FrameworkOptions.of(Map.of("ports", List.of("main"))))
                    .build());
            JobView view = engine.await(job, "runs", now -> now.phase() == Phase.RUNNING);
            int port = port(view.record().attempt().orElseThrow());
            stranger = new ProcessBuilder(
                            "python3",
                            "-c",
                            "import socket, time; s = socket.create_server(('127.0.0.1', " + port
                                    + ")); print('up', flush=True); time.sleep(120)")
                    .start();
            assertThat(stranger.inputReader().readLine()).isEqualTo("up");
            Files.createFile(go);

            JobResult result = engine.end(job);
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            JobRecord record = result.view().record();
            Attempt first = record.pastAttempts().get(0);
            assertThat(first.cause().orElseThrow().failureClass()).isEqualTo(FailureClass.INFRASTRUCTURE);
            assertThat(first.cause().orElseThrow().reason()).isEqualTo("PortTaken");
            assertThat(record.retries().user()).isZero();
            assertThat(record.retries().infrastructure()).isEqualTo(1);
            assertThat(port(record.attempt().orElseThrow())).isNotEqualTo(port);
        } finally {
            if (stranger != null) {
                stranger.destroyForcibly();
            }
        }
    }

    private static int port(Attempt attempt) {
        return attempt.reservation().orElseThrow().endpoints().get(0).ports().getOrDefault("main", 0);
    }

    @Test
    void aFullDiskUnderTheLogsIsNotTheUsersFaultAndTheEngineGoesOn() throws Exception {
        Path disk = Files.createDirectory(root.resolve("disk"));
        Assumptions.assumeTrue(
                Needed.succeeds("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()),
                "mounting a small disk needs to be root");
        try (RealEngine engine = RealEngine.open(disk)) {
            JobHandle full = engine.submit(ShellJobs.one(
                            "full",
                            "trap '' PIPE; i=0; while [ $i -lt 300000 ]; do echo line $i || exit 9; i=$((i+1)); done")
                    .runPolicy(
                            ShellJobs.policy().retries(ShellJobs.retries(3, 1)).build())
                    .build());
            JobResult result = engine.end(full);
            assertThat(result.outcome().result()).isEqualTo(Outcome.Result.FAILED);
            assertThat(result.outcome().cause().orElseThrow().reason()).isEqualTo("DiskFull");
            assertThat(result.outcome().cause().get().message()).contains("disk full");
            assertThat(result.view().record().retries().user()).isZero();
            full.delete().join();
            RealEngine.awaitTrue(
                    RealEngine.PATIENCE,
                    "deleted",
                    () -> engine.engine.get(full.id()).isEmpty());
            JobResult next =
                    engine.end(engine.submit(ShellJobs.one("next", "echo fine").build()));
            assertThat(next.isSuccess()).as("there is room again").isTrue();
        } finally {
            Needed.succeeds("umount", "-l", disk.toString());
        }
    }

    @Test
    void anUnreachableGitHostFailsTheJobInTheEndAndSaysWhich() throws Exception {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        try (RealEngine engine = RealEngine.open(root)) {
            JobHandle job = engine.submit(ShellJobs.one("clone", "echo never")
                    .code(CodeSource.builder()
                            .git(GitSource.builder()
                                    .repository("http://127.0.0.1:" + closed + "/team/project.git")
                                    .build())
                            .build())
                    .runPolicy(
                            ShellJobs.policy().retries(ShellJobs.retries(3, 2)).build())
                    .build());
            JobResult result = engine.end(job);
            assertThat(result.outcome().result()).isEqualTo(Outcome.Result.FAILED);
            assertThat(result.outcome().cause().orElseThrow().failureClass()).isEqualTo(FailureClass.INFRASTRUCTURE);
            assertThat(result.outcome().cause().get().message()).contains("127.0.0.1:" + closed);
            assertThat(result.view().record().retries().user()).isZero();
            assertThat(result.view().record().retries().infrastructure()).isEqualTo(2);
            assertThat(RealEngine.lines(job)).isEmpty();
        }
    }

    @Test
    void closingTheEngineInTheMiddleOfARunLeavesNoProcess() {
        RealEngine engine = RealEngine.open(root);
        List<ProcessHandle> all;
        JobHandle job;
        try {
            job = engine.submit(
                    ShellJobs.one("middle", "setsid sh -c 'trap \"\" TERM; echo up; " + WAIT + "' & echo up; " + WAIT)
                            .build());
            engine.submit(ShellJobs.one("other", "echo $$; " + WAIT).build());
            engine.await(job, "both are up", view -> RealEngine.lines(job).size() == 2);
            all = RealEngine.processes(job);
        } finally {
            engine.close();
        }
        assertThat(all).hasSizeGreaterThanOrEqualTo(2).noneMatch(RealEngine::runs);
        assertThat(RealEngine.processes(job)).isEmpty();
        assertThat(root.resolve("live")).isEmptyDirectory();
    }
}

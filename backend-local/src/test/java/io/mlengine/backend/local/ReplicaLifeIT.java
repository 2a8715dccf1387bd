package io.mlengine.backend.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlengine.backend.local.prepare.PreparationException;
import io.mlengine.backend.local.process.ProcessTable;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.backend.StopOrder;
import io.mlengine.spi.backend.StopReason;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.Ready;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaLifeIT {
    private static final String WAIT = "while :; do sleep 1; done";

    @TempDir
    Path root;

    private LocalBackendFixture fixture;

    @BeforeEach
    void open() {
        fixture = new LocalBackendFixture(root);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private long member(ReplicaId replica, String file) throws Exception {
        Path path = fixture.folder(replica).resolve(file);
        LocalBackendFixture.awaitTrue(file, () -> path.toFile().length() > 1);
        return Long.parseLong(Files.readString(path).trim());
    }

    private static boolean isAlive(long pid) {
        return ProcessTable.find(pid).filter(ProcessTable.Entry::isAlive).isPresent();
    }

    @Test
    void aReplicaGoesThroughItsStatesWithRisingRevisions() {
        ReplicaId replica = fixture.run("plain", "echo hello; echo bye >&2");
        ReplicaStatus end = fixture.awaitEnd(replica);
        assertThat(end.state()).isEqualTo(ReplicaState.SUCCEEDED);
        assertThat(end.exit()).contains(ExitStatus.SUCCESS);
        assertThat(end.lastLines()).containsExactlyInAnyOrder("hello", "bye");
        assertThat(end.startedAt()).isPresent();
        assertThat(end.endedAt()).isPresent();
        List<ReplicaStatus> all = fixture.statuses(replica);
        assertThat(all)
                .extracting(ReplicaStatus::state)
                .containsExactly(
                        ReplicaState.PENDING,
                        ReplicaState.PREPARING,
                        ReplicaState.STARTED,
                        ReplicaState.READY,
                        ReplicaState.SUCCEEDED);
        assertThat(all).extracting(ReplicaStatus::revision).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void grandchildrenThatIgnoreTermDieWithTheirReplicaEvenInSessionsOfTheirOwn() throws Exception {
        String script = "trap '' TERM; (trap '' TERM; echo $$ >$MLENGINE_PLAN_DIR/../self; " + WAIT + ") & "
                + "setsid sh -c 'trap \"\" TERM INT HUP; echo $$ >$MLENGINE_PLAN_DIR/../away; " + WAIT + "' & "
                + "setsid setsid sh -c '(sh -c \"echo \\$\\$ >$MLENGINE_PLAN_DIR/../far; " + WAIT + "\" &)' & "
                + WAIT;
        ReplicaId replica = fixture.run("stubborn", script);
        List<Long> members = List.of(member(replica, "self"), member(replica, "away"), member(replica, "far"));
        assertThat(members).allMatch(ReplicaLifeIT::isAlive);
        fixture.stop("stubborn", Duration.ofMillis(300));
        ReplicaStatus end = fixture.awaitEnd(replica);
        assertThat(members).noneMatch(ReplicaLifeIT::isAlive);
        assertThat(end.state()).isEqualTo(ReplicaState.FAILED);
        assertThat(end.exit()).contains(ExitStatus.ofSignal(9));
        assertThat(end.reason()).isEqualTo("Stopped");
        assertThat(fixture.statuses(replica)).extracting(ReplicaStatus::state).contains(ReplicaState.STOPPING);
    }

    @Test
    void whatAReplicaLeavesBehindIsKilledBeforeItsEndIsTold() throws Exception {
        ReplicaId replica = fixture.run(
                "careless",
                "setsid sh -c 'trap \"\" TERM; echo $$ >$MLENGINE_PLAN_DIR/../left; " + WAIT
                        + "' & while [ ! -s $MLENGINE_PLAN_DIR/../left ]; do sleep 0.01; done; exit 0");
        ReplicaStatus end = fixture.awaitEnd(replica);
        assertThat(end.state()).isEqualTo(ReplicaState.SUCCEEDED);
        assertThat(isAlive(member(replica, "left"))).isFalse();
    }

    @Test
    void termLetsAReplicaEndByItself() {
        ReplicaId replica =
                fixture.run("polite", "trap 'echo saving; exit 7' TERM; echo up; while :; do sleep 0.05; done");
        fixture.awaitState(replica, ReplicaState.READY);
        awaitLine(replica, "up");
        fixture.stop("polite", Duration.ofSeconds(20));
        ReplicaStatus end = fixture.awaitEnd(replica);
        assertThat(end.exit()).contains(ExitStatus.ofCode(7));
        assertThat(end.lastLines()).contains("saving");
    }

    private void awaitLine(ReplicaId replica, String line) {
        try {
            LocalBackendFixture.awaitTrue("line " + line, () -> {
                try {
                    return Files.readString(fixture.folder(replica).resolve("stdout.log"))
                            .contains(line);
                } catch (IOException notYet) {
                    return false;
                }
            });
        } catch (java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anExitCodeIsNotASignal() {
        ReplicaId code = fixture.run("code", "exit 143");
        ReplicaId signal = fixture.run("signal", "kill -15 $$");
        assertThat(fixture.awaitEnd(code).exit()).contains(ExitStatus.ofCode(143));
        assertThat(fixture.awaitEnd(signal).exit()).contains(ExitStatus.ofSignal(15));
    }

    @Test
    void aStopDuringPreparationEndsItAndStartsNothing() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        fixture.preparer = (job, attempt, shape, progress) -> {
            progress.accept("installing torch");
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            throw new PreparationException(FailureClass.INFRASTRUCTURE, "PreparationInterrupted", "stopped");
        };
        ReplicaId replica = fixture.run("slow", "echo never");
        begun.await();
        fixture.awaitStatus(replica, status -> status.message().equals("installing torch"));
        fixture.stop("slow", Duration.ofSeconds(5));
        interrupted.await();
        ReplicaStatus end = fixture.awaitEnd(replica);
        assertThat(end.state()).isEqualTo(ReplicaState.GONE);
        assertThat(end.exit()).isEmpty();
        assertThat(fixture.folder(replica)).doesNotExist();
    }

    @Test
    void aFailedPreparationTellsItsReason() {
        fixture.preparer = (job, attempt, shape, progress) -> {
            throw new PreparationException(FailureClass.INFRASTRUCTURE, "GitUnreachable", "host git.invalid is silent");
        };
        ReplicaStatus end = fixture.awaitEnd(fixture.run("nogit", "true"));
        assertThat(end.state()).isEqualTo(ReplicaState.FAILED);
        assertThat(end.failureClass()).contains(FailureClass.INFRASTRUCTURE);
        assertThat(end.reason()).isEqualTo("GitUnreachable");
        assertThat(end.message()).contains("git.invalid");
    }

    @Test
    void aCommandThatCannotStartIsAConfigurationError() throws Exception {
        Path script = Files.writeString(root.resolve("script"), "#!/bin/sh\n");
        assertThat(script.toFile().setExecutable(false)).isTrue();
        ReplicaStatus missing = fixture.awaitEnd(
                fixture.start("missing", List.of("no-such-program"), 1, Needs.NONE, Resources.NONE, plan -> plan));
        assertThat(missing.failureClass()).contains(FailureClass.CONFIGURATION);
        assertThat(missing.reason()).isEqualTo("CommandNotFound");
        assertThat(missing.message()).contains("no-such-program").contains("PATH=");
        ReplicaStatus locked = fixture.awaitEnd(
                fixture.start("locked", List.of(script.toString()), 1, Needs.NONE, Resources.NONE, plan -> plan));
        assertThat(locked.reason()).isEqualTo("CommandNotExecutable");
    }

    @Test
    void secretsReachOnlyTheEnvironment() throws Exception {
        ReplicaId replica = fixture.run(
                "secretive",
                "test \"$TOKEN\" = secret-of-hub-'token' && echo fine; sleep 1; exit 0",
                Resources.NONE,
                plan -> plan.putEnv("TOKEN", EnvValue.secret("hub", "token")));
        fixture.awaitState(replica, ReplicaState.READY);
        awaitLine(replica, "fine");
        try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
            assertThat(processes
                            .filter(process -> process.info().arguments().stream()
                                    .flatMap(Stream::of)
                                    .anyMatch(word -> word.contains("secret-of-hub-token")))
                            .count())
                    .isZero();
        }
        assertThat(fixture.awaitEnd(replica).state()).isEqualTo(ReplicaState.SUCCEEDED);
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1))
                        .as("%s", file)
                        .doesNotContain("secret-of-hub-token");
            }
        }
        assertThat(fixture.events().toString()).doesNotContain("secret-of-hub-token");
    }

    @Test
    void theEnvironmentIsWhatTheContractSays() throws Exception {
        ReplicaId replica = fixture.run(
                "env",
                "env; cat $MLENGINE_PLAN_DIR/hosts",
                Resources.NONE,
                plan -> plan.env("MASTER_PORT", 4711).addFile(new PlanFile("hosts", "here\n", false)));
        fixture.awaitEnd(replica);
        String out = Files.readString(fixture.folder(replica).resolve("stdout.log"));
        assertThat(out.lines())
                .contains(
                        "MLENGINE_JOB_ID=env",
                        "MLENGINE_JOB_NAME=env",
                        "MLENGINE_NAMESPACE=default",
                        "MLENGINE_ATTEMPT=1",
                        "MLENGINE_ROLE=worker",
                        "MLENGINE_REPLICA_INDEX=0",
                        "MLENGINE_REPLICA_COUNT=1",
                        "MLENGINE_STOP_GRACE_SECONDS=5",
                        "MLENGINE_OUTPUT_DIR=" + root.resolve("jobs/env/outputs"),
                        "MLENGINE_CHECKPOINT_DIR=" + root.resolve("jobs/env/checkpoints"),
                        "PYTHONUNBUFFERED=1",
                        "CUDA_VISIBLE_DEVICES=-1",
                        "NVIDIA_VISIBLE_DEVICES=void",
                        "MASTER_PORT=4711",
                        "here");
        assertThat(out).doesNotContain("JAVA_HOME=").doesNotContain("MAVEN");
    }

    @Test
    void aPortOrAFileMakesAReplicaReady() throws Exception {
        Needs needs = new Needs(List.of(new Needs.Port(new ReplicaKey("worker", 0), "main", 1)));
        var shape = LocalBackendFixture.job("ready")
                .addRole(io.mlengine.spi.model.Role.named("worker").build())
                .build();
        int port = fixture.reserve(shape, "ready", 1, needs)
                .endpoints()
                .get(0)
                .ports()
                .getOrDefault("main", 0);
        fixture.launch(
                shape,
                "ready",
                1,
                List.of(
                        "python3",
                        "-c",
                        "import socket,time; s=socket.create_server(('127.0.0.1'," + port + ")); time.sleep(60)"),
                plan -> plan.ready(Ready.port("main")));
        ReplicaId replica = LocalBackendFixture.replica("ready", 0);
        fixture.awaitState(replica, ReplicaState.READY);
        fixture.stop("ready", Duration.ofSeconds(5));
        assertThat(fixture.awaitEnd(replica).exit()).contains(ExitStatus.ofSignal(15));

        ReplicaId file = fixture.run(
                "file",
                "sleep 0.2; touch $MLENGINE_PLAN_DIR/up; " + WAIT,
                Resources.NONE,
                plan -> plan.ready(Ready.file("up")));
        fixture.awaitState(file, ReplicaState.READY);
        assertThat(fixture.folder(file).resolve("plan/up")).exists();
    }

    @Test
    void onlyWhoTakesPartHoldsAPort() throws Exception {
        Needs needs = new Needs(Stream.of(0, 1, 2)
                .map(index -> new Needs.Port(new ReplicaKey("worker", index), "main", 1))
                .toList());
        var shape = LocalBackendFixture.job("elastic")
                .addRole(io.mlengine.spi.model.Role.named("worker")
                        .maxReplicas(3)
                        .build())
                .build();
        fixture.reserve(shape, "elastic", 1, needs);
        assertThat(heldPorts()).isEqualTo(1);
        assertThat(fixture.reserve(shape, "elastic", 2, needs).endpoints())
                .allSatisfy(endpoint -> assertThat(endpoint.ports()).containsKey("main"));
        assertThat(heldPorts()).isEqualTo(2);
    }

    private long heldPorts() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("leases"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("port-") && name.endsWith(".holder"))
                    .count();
        }
    }

    @Test
    void aStrangerOnALeasedPortIsNotTheUsersFault() throws Exception {
        Needs needs = new Needs(List.of(new Needs.Port(new ReplicaKey("worker", 0), "main", 1)));
        var shape = LocalBackendFixture.job("taken")
                .addRole(io.mlengine.spi.model.Role.named("worker").build())
                .build();
        int port = fixture.reserve(shape, "taken", 1, needs)
                .endpoints()
                .get(0)
                .ports()
                .getOrDefault("main", 0);
        String bind = "import socket; socket.create_server(('127.0.0.1'," + port + "))";
        Process stranger = new ProcessBuilder(
                        "python3",
                        "-c",
                        "import socket,time; s=socket.create_server(('127.0.0.1'," + port
                                + ")); print('up',flush=True); time.sleep(60)")
                .start();
        try {
            assertThat(stranger.inputReader().readLine()).isEqualTo("up");
            fixture.launch(shape, "taken", 1, List.of("python3", "-c", bind), plan -> plan);
            ReplicaStatus end = fixture.awaitEnd(LocalBackendFixture.replica("taken", 0));
            assertThat(end.reason()).isEqualTo("PortTaken");
            assertThat(end.failureClass()).contains(FailureClass.INFRASTRUCTURE);
            // The same failure on a port that the program chose by itself is its own affair.
            ReplicaStatus own = fixture.awaitEnd(
                    fixture.start("own", List.of("python3", "-c", bind), 1, Needs.NONE, Resources.NONE, plan -> plan));
            assertThat(own.reason()).isEqualTo("AddressInUse");
            assertThat(own.failureClass()).isEmpty();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void ordersAreIdempotentAndFenced() {
        ReplicaId replica = fixture.run("twice", "echo once");
        fixture.awaitEnd(replica);
        var shape = LocalBackendFixture.job("twice").build();
        fixture.launch(shape, "twice", 1, List.of("/bin/echo", "again"), plan -> plan);
        fixture.stop("twice", Duration.ofSeconds(1));
        fixture.backend
                .release(
                        LocalBackendFixture.attempt("twice"),
                        io.mlengine.spi.backend.Cleanup.KEEP,
                        LocalBackendFixture.FENCE)
                .toCompletableFuture()
                .join();
        fixture.backend
                .release(
                        LocalBackendFixture.attempt("twice"),
                        io.mlengine.spi.backend.Cleanup.KEEP,
                        LocalBackendFixture.FENCE)
                .toCompletableFuture()
                .join();
        assertThat(fixture.awaitEnd(replica).lastLines()).containsExactly("once");
        StopOrder how = new StopOrder(Duration.ofSeconds(1), StopReason.CANCELLED);
        assertThatThrownBy(() -> fixture.backend
                        .stop(LocalBackendFixture.attempt("twice"), Set.of(), how, new Fence("older", 0))
                        .toCompletableFuture()
                        .join())
                .hasMessageContaining("taken over");
        fixture.backend
                .remove(LocalBackendFixture.attempt("twice").job(), LocalBackendFixture.FENCE)
                .toCompletableFuture()
                .join();
        assertThat(root.resolve("jobs/twice")).doesNotExist();
    }

    @Test
    void manyReplicasStartAndStop() {
        int count = 40;
        fixture.start("many", List.of("/bin/sh", "-c", WAIT), count, Needs.NONE, Resources.NONE, plan -> plan);
        for (int i = 0; i < count; i++) {
            fixture.awaitState(LocalBackendFixture.replica("many", i), ReplicaState.READY);
        }
        fixture.stop("many", Duration.ofSeconds(20));
        for (int i = 0; i < count; i++) {
            assertThat(fixture.awaitEnd(LocalBackendFixture.replica("many", i)).exit())
                    .contains(ExitStatus.ofSignal(15));
        }
        assertThat(root.resolve("live")).isEmptyDirectory();
    }

    @Test
    void aStopThatOvertakesTheStartIsNotLost() {
        for (int i = 0; i < 100; i++) {
            String job = "hasty-" + i;
            fixture.start(job, List.of("/bin/sh", "-c", WAIT), 1, Needs.NONE, Resources.NONE, plan -> plan);
            fixture.awaitState(LocalBackendFixture.replica(job, 0), ReplicaState.STARTED);
            fixture.stop(job, Duration.ofSeconds(20));
            assertThat(fixture.awaitEnd(LocalBackendFixture.replica(job, 0)).exit())
                    .as("end of the start number %d", i)
                    .contains(ExitStatus.ofSignal(15));
        }
    }

    @Test
    void closingStopsWhatRuns() throws Exception {
        ReplicaId replica = fixture.run("last", "trap '' TERM; echo $$ >$MLENGINE_PLAN_DIR/../self; " + WAIT);
        long pid = member(replica, "self");
        fixture.close();
        assertThat(isAlive(pid)).isFalse();
        assertThat(fixture.awaitEnd(replica).exit()).contains(ExitStatus.ofSignal(9));
    }

    @Test
    void aKilledSupervisorLeavesNobodyBehind() throws Exception {
        ReplicaId replica = fixture.run("orphan", "echo $$ >$MLENGINE_PLAN_DIR/../self; " + WAIT);
        long pid = member(replica, "self");
        fixture.awaitState(replica, ReplicaState.READY);
        long supervisor = ProcessTable.find(pid).orElseThrow().parent();
        assertThat(ProcessHandle.of(supervisor).orElseThrow().destroyForcibly()).isTrue();
        ReplicaStatus end = fixture.awaitEnd(replica);
        assertThat(end.state()).isEqualTo(ReplicaState.GONE);
        assertThat(end.reason()).isEqualTo("SupervisorLost");
        assertThat(isAlive(pid)).isFalse();
    }

    @Test
    void aKilledSpawnerDisturbsNobody() throws Exception {
        ReplicaId before = fixture.run("before", "echo $$ >$MLENGINE_PLAN_DIR/../self; sleep 1; exit 4");
        long pid = member(before, "self");
        long supervisor = ProcessTable.find(pid).orElseThrow().parent();
        long spawner = ProcessTable.find(supervisor).orElseThrow().parent();
        assertThat(ProcessHandle.of(spawner).orElseThrow().destroyForcibly()).isTrue();
        assertThat(fixture.awaitEnd(before).exit()).contains(ExitStatus.ofCode(4));
        assertThat(fixture.awaitEnd(fixture.run("after", "exit 0")).state()).isEqualTo(ReplicaState.SUCCEEDED);
    }
}

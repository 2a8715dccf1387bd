package io.mlengine.plugins.horovod;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.Ready;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import io.mlengine.testkit.arbitrary.ClusterViews;
import io.mlengine.testkit.arbitrary.ClusterViews.Place;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HorovodLauncherTest {
    private static final ReplicaKey SERVER = new ReplicaKey("rendezvous", 0);

    private final HorovodLauncher launcher = new HorovodLauncher();

    @Test
    void theServerIsARoleThatNobodyWaitsForAtTheEndAndAllWaitForAtTheStart() {
        Role worker = Role.builder().from(Jobs.worker(2)).image("horovod:0.28").build();
        JobShape job = launcher.defaults(Jobs.of(worker));
        Role server = job.role("rendezvous").orElseThrow();
        assertThat(server.tracked()).isFalse();
        assertThat(server.deciders()).contains(Deciders.NONE);
        assertThat(server.restartScope()).contains(RestartScope.GROUP);
        assertThat(server.image()).contains("horovod:0.28");
        assertThat(job.role("worker").orElseThrow().startAfter()).containsExactly("rendezvous");
        assertThat(launcher.plan(ClusterViews.of(launcher, job, Place.PODS, 1))
                        .replica(SERVER)
                        .orElseThrow()
                        .ready())
                .isEqualTo(Ready.port("meeting"));
        assertThat(launcher.needs(job)).isEqualTo(new Needs(List.of(new Needs.Port(SERVER, "meeting", 29600))));
    }

    @Test
    void aLostProcessEndsTheAttemptAndAllDecideTogether() {
        Role worker = launcher.defaults(Jobs.of(Jobs.worker(2))).role("worker").orElseThrow();
        assertThat(worker.restartScope()).contains(RestartScope.GROUP);
        assertThat(worker.deciders()).contains(Deciders.ALL);
    }

    @Test
    void theServerCanBeGivenAnImageAndResources() {
        Role declared = Role.named("rendezvous")
                .tracked(false)
                .image("python:3.12-slim")
                .build();
        JobShape job = launcher.defaults(Jobs.of(declared, Jobs.worker(2)));
        assertThat(job.roles()).extracting(Role::name).containsExactly("rendezvous", "worker");
        assertThat(job.roles().get(0).image()).contains("python:3.12-slim");
        assertThat(launcher.validate(job)).isEmpty();
        assertThat(launcher.plan(ClusterViews.of(launcher, job, Place.PODS, 1))
                        .replica(SERVER)
                        .orElseThrow()
                        .files())
                .extracting(file -> file.path())
                .containsExactly("rendezvous.py", "scopes.json");
    }

    @Test
    void onlyProcessesOfThisMachineReachTheServerOfAMachineOfItsOwn() {
        assertThat(serverCommand(Place.ONE_HOST)).contains("127.0.0.1", "20001");
        assertThat(serverCommand(Place.PODS)).contains("0.0.0.0", "29600");
    }

    private List<String> serverCommand(Place place) {
        JobShape job = Jobs.of(Role.named("rendezvous").tracked(false).build(), Jobs.worker(1));
        return launcher.plan(ClusterViews.of(launcher, job, place, 1))
                .replica(SERVER)
                .orElseThrow()
                .command();
    }

    @Test
    void horovodrunIsTheEndOfAnElasticJobAndALostWorkerIsReplacedAlone() {
        JobShape job = launcher.defaults(Jobs.of(Jobs.elastic(1, 2, 3)));
        Role worker = job.role("worker").orElseThrow();
        Role runner = job.role("launcher").orElseThrow();
        assertThat(worker.restartScope()).contains(RestartScope.REPLICA);
        assertThat(worker.deciders()).contains(Deciders.NONE);
        assertThat(worker.startAfter()).containsExactly("launcher");
        assertThat(runner.restartScope()).contains(RestartScope.GROUP);
        assertThat(runner.deciders()).contains(Deciders.ALL);
        assertThat(runner.tracked()).isTrue();
        assertThat(job.role("rendezvous")).isEmpty();
    }

    @Test
    void bothEndsOfAnElasticRoleAreFixedSoThatAResizeMovesNeither() {
        Role onlyMost = Role.builder().from(Jobs.worker(2)).maxReplicas(4).build();
        Role filled = launcher.defaults(Jobs.of(onlyMost)).role("worker").orElseThrow();
        assertThat(filled.minReplicas()).hasValue(2);
        assertThat(filled.maxReplicas()).hasValue(4);
    }

    @Test
    void anElasticJobChangesItsSizeInPlaceAndOthersStartAnew() {
        ClusterView two = ClusterViews.of(launcher, Jobs.of(Jobs.elastic(1, 2, 3)), Place.ONE_HOST, 1);
        ClusterView three = ClusterViews.resized(launcher, two, "worker", 3);
        assertThat(launcher.resize(two, three).orElseThrow().replicas())
                .extracting(ReplicaPlan::key)
                .containsExactly(new ReplicaKey("worker", 2));
        assertThat(launcher.resize(three, two).orElseThrow().replicas()).isEmpty();
        ClusterView fixed = ClusterViews.of(launcher, Jobs.of(Jobs.worker(2)), Place.ONE_HOST, 1);
        assertThat(launcher.resize(fixed, ClusterViews.resized(launcher, fixed, "worker", 3)))
                .isEmpty();
    }

    @Test
    void hostsWithDifferentNumbersOfSlots() {
        Map<String, Integer> hosts = new LinkedHashMap<>();
        hosts.put("a", 1);
        hosts.put("b", 3);
        hosts.put("c", 2);
        List<Slot> slots = Slot.assign(hosts, 5);
        assertThat(slots)
                .containsExactly(
                        new Slot("a", 1, 0, 5, 0, 0, 3),
                        new Slot("b", 3, 1, 5, 0, 1, 3),
                        new Slot("b", 3, 2, 5, 1, 0, 1),
                        new Slot("b", 3, 3, 5, 2, 0, 1),
                        new Slot("c", 1, 4, 5, 0, 2, 3));
        assertThat(Slot.scopeSizes(slots))
                .isEqualTo(Map.of(
                        "global", 5, "local_a", 1, "local_b", 3, "local_c", 1, "cross_0", 3, "cross_1", 1, "cross_2",
                        1));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource
    void refuses(String path, String advice, JobShape job) {
        assertThat(launcher.validate(launcher.defaults(job))).singleElement().satisfies(violation -> {
            assertThat(violation.path()).isEqualTo(path);
            assertThat(violation.advice()).contains(advice);
            assertThat(violation.code()).startsWith("HOROVOD-");
        });
    }

    static Stream<Arguments> refuses() {
        Role runner = Role.builder()
                .from(Jobs.worker(1))
                .command("horovodrun", "python", "train.py")
                .build();
        Role judge = Role.builder().from(Jobs.worker(1)).name("judge").build();
        Role stranger = Role.named("rendezvous").tracked(false).command("etcd").build();
        Role tracked = Role.named("rendezvous").build();
        Role server = Companion.RENDEZVOUS.in(Jobs.of(Jobs.worker(2)));
        Role untracked = Role.named("launcher").tracked(false).build();
        Role board = Role.named("board").command("board").tracked(false).build();
        return Stream.of(
                Arguments.of("spec.roles", "add a role", Jobs.of(board)),
                Arguments.of("spec.roles[1].name", "tracked: false", Jobs.of(Jobs.worker(2), judge)),
                Arguments.of(
                        "spec.frameworkOptions.resetLimit",
                        "minReplicas",
                        Jobs.with(Map.of("resetLimit", 3), Jobs.worker(2))),
                Arguments.of("spec.roles[0].command", "training program", Jobs.of(runner)),
                Arguments.of(
                        "spec.roles[0].resources.gpus.count",
                        "more replicas",
                        Jobs.of(Jobs.withMig(Jobs.worker(2), 2))),
                Arguments.of("spec.roles[1].name", "name your role otherwise", Jobs.of(Jobs.worker(2), stranger)),
                Arguments.of("spec.roles[1].name", "tracked: false", Jobs.of(Jobs.worker(2), tracked)),
                Arguments.of("spec.roles[1].name", "role launcher", Jobs.of(Jobs.elastic(1, 2, 3), server)),
                Arguments.of("spec.roles[1].name", "tracked: true", Jobs.of(Jobs.elastic(1, 2, 3), untracked)));
    }

    @Test
    void reservesWhatItSetsAndLeavesTheTuningToTheUser() {
        assertThat(launcher.reservedVariables(Jobs.of(Jobs.worker(1))))
                .contains("HOROVOD_RANK", "HOROVOD_CROSS_SIZE", "HOROVOD_GLOO_*", "HOROVOD_CONTROLLER")
                .doesNotContain("HOROVOD_FUSION_THRESHOLD", "HOROVOD_TIMELINE");
    }

    @Test
    void theUsersInterfaceForNcclStays() {
        Role role = Role.builder()
                .from(Jobs.worker(1))
                .env("NCCL_SOCKET_IFNAME", "ib0")
                .build();
        JobShape job = Jobs.with(Map.of("networkInterface", "eth1"), role);
        ReplicaPlan plan = launcher.plan(ClusterViews.of(launcher, job, Place.PODS, 1))
                .replica(new ReplicaKey("worker", 0))
                .orElseThrow();
        assertThat(plan.env()).containsKey("HOROVOD_GLOO_IFACE").doesNotContainKey("NCCL_SOCKET_IFNAME");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "horovod.common.exceptions.HorovodInternalError: Horovod has been shut down. This was caused by an exception|USER_RETRYABLE|PeerLost",
                "[gloo/transport/tcp/pair.cc:575] Connection closed by peer [127.0.0.1]:4711|USER_RETRYABLE|PeerLost",
                "[gloo_context.cc:1] Wait timeout after 600 seconds for key(s): 1. You may want to increase the timeout via HOROVOD_GLOO_TIMEOUT_SECONDS|USER_RETRYABLE|RendezvousFailed",
                "[enforce fail at device.cc:120] rv != -1. Unable to find address for: eth7|CONFIGURATION|NetworkInterfaceUnknown",
                "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.|USER|OutOfMemoryGpu"
            })
    void knowsTheLibrariesOwnMessages(String line, FailureClass failure, String reason) {
        LogRule rule = firstMatch(line).orElseThrow();
        assertThat(rule.failure()).contains(failure);
        assertThat(rule.reason()).isEqualTo(reason);
    }

    @Test
    void aConnectionThatTheUsersProgramLosesIsNoLostPeer() {
        assertThat(firstMatch("ConnectionResetError: [Errno 104] Connection reset by peer"))
                .isEmpty();
    }

    private static Optional<LogRule> firstMatch(String line) {
        return HorovodLogRules.ALL.stream()
                .filter(rule -> rule.pattern().matcher(line).find())
                .findFirst();
    }
}

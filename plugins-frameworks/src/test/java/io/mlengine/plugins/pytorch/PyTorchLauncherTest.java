package io.mlengine.plugins.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import io.mlengine.testkit.arbitrary.ClusterViews;
import io.mlengine.testkit.arbitrary.ClusterViews.Place;
import io.mlengine.testkit.contract.PlanText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PyTorchLauncherTest {
    private final PyTorchLauncher launcher = new PyTorchLauncher();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "torchrun train.py|AGENT",
                "/opt/venv/bin/torchrun --nproc-per-node 2 train.py|AGENT",
                "python -m torch.distributed.run train.py|AGENT",
                "python3.11 -u -m torch.distributed.launch train.py|AGENT",
                "python train.py -m torch.distributed.run|RANK",
                "python -m trainer|RANK",
                "bash -c torchrun|RANK",
                "./train|RANK"
            })
    void seesTheModeInTheCommand(String command, Mode mode) {
        Role role = Role.named("worker").command(command.split(" ")).build();
        assertThat(Mode.of(Jobs.of(role))).isEqualTo(mode);
    }

    @Test
    void theModeOptionWinsOverTheCommand() {
        Role wrapped = Role.named("worker")
                .command("bash", "-c", "exec torchrun train.py")
                .build();
        assertThat(Mode.of(Jobs.with(Map.of("mode", "agent"), wrapped))).isEqualTo(Mode.AGENT);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refuses(String path, String advice, JobShape job) {
        assertThat(launcher.validate(job)).singleElement().satisfies(violation -> {
            assertThat(violation.path()).isEqualTo(path);
            assertThat(violation.advice()).contains(advice);
            assertThat(violation.code()).startsWith("PYTORCH-");
        });
    }

    static Stream<Arguments> refuses() {
        Role elasticScript = Role.builder()
                .from(Jobs.script("worker", 2))
                .minReplicas(1)
                .maxReplicas(3)
                .build();
        Role agents = Jobs.torchrun("worker", 2);
        Role scripts = Jobs.script("worker", 2);
        String options = "spec.frameworkOptions.";
        return Stream.of(
                Arguments.of("spec.roles[0].replicas", "role worker", Jobs.of(Jobs.script("master", 2), scripts)),
                Arguments.of("spec.roles[0].minReplicas", "torchrun", Jobs.of(elasticScript)),
                Arguments.of("spec.roles[1].name", "tracked: false", Jobs.of(scripts, Jobs.script("judge", 1))),
                Arguments.of("spec.roles", "the same way", Jobs.of(Jobs.script("master", 1), agents)),
                Arguments.of("spec.roles[0].command", "mode: agent", Jobs.with(Map.of("mode", "rank"), agents)),
                Arguments.of("spec.roles[0].resources.gpus.count", "more replicas", Jobs.of(Jobs.withMig(scripts, 2))),
                Arguments.of(options + "mode", "use auto", Jobs.with(Map.of("mode", "magic"), scripts)),
                Arguments.of(options + "nprocPerNode", "from 1", Jobs.with(Map.of("nprocPerNode", 0), agents)),
                Arguments.of(options + "nprocPerNode", "replicas", Jobs.with(Map.of("nprocPerNode", 4), scripts)),
                Arguments.of(options + "maxRestarts", "torchrun", Jobs.with(Map.of("maxRestarts", 3), scripts)),
                Arguments.of(options + "rdzvConf[0]", "key=value", Jobs.with(Map.of("rdzvConf", List.of("x")), agents)),
                Arguments.of(options + "rdzvBackend", "rdzvEndpoint", Jobs.with(Map.of("rdzvBackend", "etcd"), agents)),
                Arguments.of(options + "standalone", "one replica", Jobs.with(Map.of("standalone", true), agents)),
                Arguments.of(
                        "spec.roles",
                        "add a role",
                        Jobs.of(Role.named("board").tracked(false).build())));
    }

    @Test
    void anElasticMasterIsRefused() {
        Role master =
                Role.builder().from(Jobs.torchrun("master", 1)).maxReplicas(2).build();
        assertThat(launcher.validate(Jobs.of(master)))
                .extracting(Violation::code)
                .containsExactly("PYTORCH-MASTER");
    }

    @Test
    void aLostAgentOfAnElasticJobIsReplacedAloneAndALostRankRestartsAll() {
        assertThat(defaultsOf(Jobs.elastic(1, 2, 3)).restartScope()).contains(RestartScope.REPLICA);
        assertThat(defaultsOf(Jobs.script("worker", 2)).restartScope()).contains(RestartScope.GROUP);
    }

    @Test
    void theMasterDecidesWhereThereIsOne() {
        JobShape job = launcher.defaults(Jobs.of(Jobs.script("master", 1), Jobs.script("worker", 2)));
        assertThat(job.roles())
                .extracting(Role::deciders)
                .containsExactly(Optional.of(Deciders.ALL), Optional.of(Deciders.NONE));
        assertThat(defaultsOf(Jobs.script("worker", 2)).deciders()).contains(Deciders.ALL);
    }

    @Test
    void bothEndsOfAnElasticRoleAreFixedSoThatAResizeMovesNeither() {
        Role onlyMost =
                Role.builder().from(Jobs.torchrun("worker", 2)).maxReplicas(4).build();
        Role filled = defaultsOf(onlyMost);
        assertThat(filled.minReplicas()).hasValue(2);
        assertThat(filled.maxReplicas()).hasValue(4);
    }

    @Test
    void waitingForTheMasterCanBeTurnedOff() {
        JobShape job = launcher.defaults(
                Jobs.with(Map.of("waitForMaster", false), Jobs.script("master", 1), Jobs.script("worker", 2)));
        assertThat(job.role("worker").orElseThrow().startAfter()).isEmpty();
    }

    @Test
    void onlyTheFirstReplicaNeedsAPort() {
        assertThat(launcher.needs(Jobs.of(Jobs.script("worker", 4))))
                .isEqualTo(new Needs(List.of(new Needs.Port(new ReplicaKey("worker", 0), "master", 29500))));
        assertThat(launcher.needs(Jobs.of(Jobs.elastic(1, 2, 3))))
                .isEqualTo(new Needs(List.of(new Needs.Port(new ReplicaKey("worker", 0), "rendezvous", 29400))));
        assertThat(launcher.needs(Jobs.with(Map.of("rdzvEndpoint", "store:2379"), Jobs.elastic(1, 2, 3))))
                .isEqualTo(Needs.NONE);
    }

    @Test
    void eachAttemptMeetsUnderAnIdOfItsOwn() {
        JobShape job = Jobs.of(Jobs.elastic(1, 2, 3));
        assertThat(variable(planOf(job, 1), "worker-0", "PET_RDZV_ID")).isEqualTo("j-7f3a-1");
        assertThat(variable(planOf(job, 2), "worker-0", "PET_RDZV_ID")).isEqualTo("j-7f3a-2");
    }

    @Test
    void oneAgentOnAHostIsTheRendezvousHost() {
        LaunchPlan plan = planOf(Jobs.of(Jobs.elastic(1, 3, 3)), 1);
        assertThat(variable(plan, "worker-0", "PET_RDZV_CONF")).startsWith("is_host=1,");
        assertThat(variable(plan, "worker-1", "PET_RDZV_CONF")).startsWith("is_host=0,");
        assertThat(variable(plan, "worker-2", "PET_RDZV_CONF")).startsWith("is_host=0,");
    }

    @Test
    void theUsersRendezvousSettingsWin() {
        JobShape job =
                Jobs.with(Map.of("rdzvConf", List.of("last_call_timeout=30", "heartbeat=7")), Jobs.elastic(1, 2, 3));
        assertThat(variable(planOf(job, 1), "worker-0", "PET_RDZV_CONF"))
                .contains("last_call_timeout=30", "heartbeat=7")
                .doesNotContain("last_call_timeout=2");
    }

    @Test
    void restartsNeedARendezvousSinceAStaticOneCannotBeRepeated() {
        LaunchPlan plan = planOf(Jobs.with(Map.of("maxRestarts", 2), Jobs.torchrun("worker", 2)), 1);
        assertThat(variable(plan, "worker-1", "PET_NNODES")).isEqualTo("2");
        assertThat(variable(plan, "worker-1", "PET_RDZV_BACKEND")).isEqualTo("c10d");
        assertThat(variable(plan, "worker-1", "PET_MAX_RESTARTS")).isEqualTo("2");
    }

    @Test
    void threadsFollowTheCpusAndTheUsersChoiceStays() {
        Role role = Jobs.withGpus(Jobs.torchrun("worker", 1), 2);
        assertThat(variable(planOf(Jobs.of(role), 1), "worker-0", "OMP_NUM_THREADS"))
                .isEqualTo("4");
        Role chosen = Role.builder().from(role).env("OMP_NUM_THREADS", "7").build();
        assertThat(planOf(Jobs.of(chosen), 1).replicas().get(0).env()).doesNotContainKey("OMP_NUM_THREADS");
        Role alone = Jobs.script("worker", 1);
        assertThat(planOf(Jobs.of(alone), 1).replicas().get(0).env()).doesNotContainKey("OMP_NUM_THREADS");
    }

    @Test
    void aRankWithSeveralGpusIsAMachineOfItsOwn() {
        LaunchPlan plan = planOf(Jobs.of(Jobs.withGpus(Jobs.script("worker", 2), 2)), 1);
        assertThat(plan.replicas()).extracting(ReplicaPlan::devices).containsOnly(ReplicaPlan.DeviceVisibility.OWN);
        assertThat(variable(plan, "worker-1", "LOCAL_RANK")).isEqualTo("0");
        assertThat(variable(plan, "worker-1", "GROUP_RANK")).isEqualTo("1");
    }

    @Test
    void theOrderOfTheMembersDoesNotMatter() {
        JobShape job = Jobs.of(Jobs.script("worker", 4), Jobs.script("master", 1));
        ClusterView view = ClusterViews.of(launcher, job, Place.ONE_HOST, 1);
        List<ClusterView.Member> reversed = new ArrayList<>(view.members());
        Collections.reverse(reversed);
        ClusterView other = ClusterView.builder().from(view).members(reversed).build();
        assertThat(PlanText.of(launcher.plan(other))).isEqualTo(PlanText.of(launcher.plan(view)));
    }

    @Test
    void anElasticJobGrowsInPlaceAndOthersStartAnew() {
        ClusterView two = ClusterViews.of(launcher, Jobs.of(Jobs.elastic(1, 2, 3)), Place.ONE_HOST, 1);
        ClusterView three = ClusterViews.resized(launcher, two, "worker", 3);
        assertThat(launcher.resize(two, three).orElseThrow().replicas())
                .extracting(ReplicaPlan::key)
                .containsExactly(new ReplicaKey("worker", 2));
        assertThat(launcher.resize(three, two).orElseThrow().replicas()).isEmpty();
        ClusterView fixed = ClusterViews.of(launcher, Jobs.of(Jobs.torchrun("worker", 2)), Place.ONE_HOST, 1);
        assertThat(launcher.resize(fixed, ClusterViews.resized(launcher, fixed, "worker", 3)))
                .isEmpty();
    }

    @Test
    void reservesTheOtherModesVariablesToo() {
        assertThat(launcher.reservedVariables(Jobs.of(Jobs.script("worker", 1))))
                .contains("RANK", "PET_*");
        assertThat(launcher.reservedVariables(Jobs.of(Jobs.torchrun("worker", 1))))
                .contains("RANK", "PET_RDZV_*")
                .doesNotContain("PET_*");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "RuntimeError: The server socket has failed to listen on any local network address. The server socket has failed to bind to [::]:29500 (errno: 98 - Address already in use).|INFRASTRUCTURE|PortTaken",
                "torch.distributed.DistNetworkError: The server socket has failed to listen on any local network address. port: 29500, useIpv6: true, code: -98, name: EADDRINUSE, message: address already in use|INFRASTRUCTURE|PortTaken",
                "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.|USER|OutOfMemoryGpu",
                "RuntimeError: CUDA error: uncorrectable ECC error encountered|INFRASTRUCTURE|GpuFault",
                "RuntimeError: [../third_party/gloo/gloo/transport/tcp/pair.cc:525] Connection closed by peer [127.0.0.1]:4711|USER_RETRYABLE|PeerLost",
                "ncclRemoteError: A call failed possibly due to a network error or a remote process exiting prematurely.|USER_RETRYABLE|PeerLost",
                "torch.distributed.elastic.rendezvous.api.RendezvousTimeoutError|USER_RETRYABLE|RendezvousFailed"
            })
    void knowsTorchsOwnMessages(String line, FailureClass failure, String reason) {
        LogRule rule = firstMatch(line).orElseThrow();
        assertThat(rule.failure()).contains(failure);
        assertThat(rule.reason()).isEqualTo(reason);
    }

    @Test
    void aPortThatTheUsersProgramFindsTakenIsNotTheEnginesFault() {
        assertThat(firstMatch("OSError: [Errno 98] Address already in use")).isEmpty();
    }

    private static Optional<LogRule> firstMatch(String line) {
        return PyTorchLogRules.ALL.stream()
                .filter(rule -> rule.pattern().matcher(line).find())
                .findFirst();
    }

    private Role defaultsOf(Role role) {
        return launcher.defaults(Jobs.of(role)).roles().get(0);
    }

    private LaunchPlan planOf(JobShape job, int attempt) {
        return launcher.plan(ClusterViews.of(launcher, job, Place.ONE_HOST, attempt));
    }

    private static String variable(LaunchPlan plan, String replica, String name) {
        return plan.replicas().stream()
                .filter(each -> each.key().toString().equals(replica))
                .map(each -> each.env().get(name))
                .map(EnvValue.Literal.class::cast)
                .map(EnvValue.Literal::value)
                .findFirst()
                .orElseThrow();
    }
}

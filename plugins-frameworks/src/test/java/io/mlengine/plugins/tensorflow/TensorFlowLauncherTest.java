package io.mlengine.plugins.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.framework.ReplicaPlan.DeviceVisibility;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import io.mlengine.testkit.arbitrary.ClusterViews;
import io.mlengine.testkit.arbitrary.ClusterViews.Place;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TensorFlowLauncherTest {
    private static final Role CHIEF = Jobs.role("chief", 1);
    private static final Role WORKERS = Jobs.role("worker", 2);
    private static final Role SERVER = Jobs.role("ps", 1);
    private static final Role EVALUATOR = Jobs.role("evaluator", 1);

    private final TensorFlowLauncher launcher = new TensorFlowLauncher();

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refuses(String path, String advice, JobShape job) {
        assertThat(launcher.validate(job)).singleElement().satisfies(violation -> {
            assertThat(violation.path()).isEqualTo(path);
            assertThat(violation.advice()).contains(advice);
            assertThat(violation.code()).startsWith("TENSORFLOW-");
        });
    }

    static Stream<Arguments> refuses() {
        String roles = "spec.roles[";
        return Stream.of(
                Arguments.of("spec.roles", "worker or chief", Jobs.of(Jobs.board())),
                Arguments.of("spec.roles", "worker or chief", Jobs.of(EVALUATOR)),
                Arguments.of(roles + "1].name", "tracked: false", Jobs.of(WORKERS, Jobs.role("trainer", 1))),
                Arguments.of(
                        roles + "0].tracked",
                        "remove tracked",
                        Jobs.of(with(WORKERS).tracked(false).build())),
                Arguments.of(roles + "1].name", "role chief", Jobs.of(CHIEF, Jobs.role("master", 1), WORKERS)),
                Arguments.of(roles + "0].replicas", "role worker", Jobs.of(Jobs.role("chief", 2), WORKERS)),
                Arguments.of(roles + "0].replicas", "role worker", Jobs.of(Jobs.role("master", 2), WORKERS)),
                Arguments.of(roles + "1].name", "add a role worker", Jobs.of(CHIEF, SERVER)),
                Arguments.of(
                        roles + "1].deciders",
                        "remove deciders",
                        Jobs.of(WORKERS, with(SERVER).deciders(Deciders.ALL).build())),
                Arguments.of(roles + "1].replicas", "replicas: 1", Jobs.of(WORKERS, Jobs.role("evaluator", 2))),
                Arguments.of(roles + "0].minReplicas", "remove minReplicas", Jobs.of(Jobs.elastic(1, 2, 3))),
                Arguments.of(roles + "0].minReplicas", "dynamicWorkers", Jobs.of(Jobs.elastic(1, 2, 3), SERVER)),
                Arguments.of(
                        roles + "1].maxReplicas",
                        "remove minReplicas",
                        Jobs.with(
                                Jobs.DYNAMIC,
                                WORKERS,
                                with(SERVER).maxReplicas(2).build())),
                Arguments.of(
                        roles + "0].maxReplicas",
                        "remove minReplicas",
                        Jobs.of(with(CHIEF).maxReplicas(2).build(), WORKERS)),
                Arguments.of("spec.frameworkOptions.dynamicWorkers", "a role ps", Jobs.with(Jobs.DYNAMIC, WORKERS)));
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() {
        JobShape job = Jobs.of(Jobs.role("chief", 2), Jobs.role("ps", 1), Jobs.role("evaluator", 3));
        assertThat(launcher.validate(job))
                .extracting("code")
                .containsExactly("TENSORFLOW-CHIEF", "TENSORFLOW-PS", "TENSORFLOW-EVALUATOR");
    }

    @Test
    void theChiefDecidesElseTheFirstWorker() {
        assertThat(launcher.defaults(Jobs.of(CHIEF, WORKERS, SERVER, EVALUATOR)).roles())
                .extracting(role -> role.deciders().orElseThrow())
                .containsExactly(Deciders.FIRST, Deciders.NONE, Deciders.NONE, Deciders.NONE);
        assertThat(defaultsOf("worker", Jobs.of(Jobs.role("master", 1), WORKERS))
                        .deciders())
                .contains(Deciders.NONE);
        assertThat(defaultsOf("worker", Jobs.of(WORKERS, SERVER)).deciders()).contains(Deciders.FIRST);
        Role all = with(WORKERS).deciders(Deciders.ALL).build();
        assertThat(defaultsOf("worker", Jobs.of(all, SERVER)).deciders()).contains(Deciders.ALL);
    }

    @Test
    void theJobWaitsForNoParameterServer() {
        JobShape job = launcher.defaults(Jobs.of(CHIEF, WORKERS, SERVER, EVALUATOR));
        assertThat(job.roles().stream().filter(role -> !role.tracked()).map(Role::name))
                .containsExactly("ps");
    }

    @Test
    void onlyWhatCanBeReplacedAloneIsReplacedAlone() {
        JobShape served = Jobs.of(CHIEF, WORKERS, SERVER, EVALUATOR, Jobs.board());
        assertThat(launcher.defaults(served).roles())
                .extracting(role -> role.restartScope().orElseThrow())
                .containsExactly(
                        RestartScope.GROUP,
                        RestartScope.REPLICA,
                        RestartScope.GROUP,
                        RestartScope.REPLICA,
                        RestartScope.REPLICA);
        assertThat(defaultsOf("worker", Jobs.of(CHIEF, WORKERS)).restartScope()).contains(RestartScope.GROUP);
    }

    @Test
    void bothEndsOfAnElasticRoleAreFixedSoThatAResizeMovesNeither() {
        Role onlyMost = with(WORKERS).maxReplicas(4).build();
        Role filled = defaultsOf("worker", Jobs.with(Jobs.DYNAMIC, onlyMost, SERVER));
        assertThat(filled.minReplicas()).hasValue(2);
        assertThat(filled.maxReplicas()).hasValue(4);
    }

    @Test
    void everyProcessHasAPortAlsoThoseThatMayJoinLater() {
        JobShape job = Jobs.with(
                Map.of("dynamicWorkers", true, "port", 3333), Jobs.elastic(1, 1, 2), SERVER, EVALUATOR, Jobs.board());
        assertThat(launcher.needs(job).ports())
                .extracting(port -> port.replica() + " " + port.name() + " " + port.preferred())
                .containsExactly("worker-0 grpc 3333", "worker-1 grpc 3333", "ps-0 grpc 3333", "evaluator-0 grpc 3333");
    }

    @Test
    void aProcessAloneGetsNeitherPortNorCluster() {
        JobShape job = Jobs.of(Jobs.role("worker", 1), Jobs.board());
        assertThat(launcher.needs(job)).isEqualTo(Needs.NONE);
        assertThat(Jobs.tfConfig(Jobs.plan(job, Place.ONE_HOST), "worker-0")).isEmpty();
    }

    @Test
    void theEvaluatorIsInItsOwnClusterOnly() {
        LaunchPlan plan = Jobs.plan(Jobs.of(CHIEF, WORKERS, EVALUATOR), Place.PODS);
        assertThat(Jobs.tfConfig(plan, "evaluator-0").orElseThrow())
                .contains("\"evaluator\":[\"digits-evaluator-0-a1.digits:2222\"]", "\"chief\":[", "\"worker\":[");
        Stream.of("chief-0", "worker-0", "worker-1")
                .forEach(replica -> assertThat(Jobs.tfConfig(plan, replica).orElseThrow())
                        .contains("\"chief\":[", "\"worker\":[")
                        .doesNotContain("evaluator"));
    }

    @Test
    void aDynamicWorkerIsToldOfItselfAndOfTheParameterServers() {
        LaunchPlan plan = Jobs.plan(Jobs.with(Jobs.DYNAMIC, CHIEF, WORKERS, Jobs.role("ps", 2), EVALUATOR), Place.PODS);
        assertThat(Jobs.tfConfig(plan, "worker-1"))
                .contains("{\"cluster\":{\"ps\":[\"digits-ps-0-a1.digits:2222\",\"digits-ps-1-a1.digits:2222\"],"
                        + "\"worker\":{\"1\":\"digits-worker-1-a1.digits:2222\"}},"
                        + "\"task\":{\"type\":\"worker\",\"index\":1}}");
        assertThat(Jobs.tfConfig(plan, "ps-0"))
                .contains("{\"cluster\":{\"ps\":[\"digits-ps-0-a1.digits:2222\"],\"worker\":{}},"
                        + "\"task\":{\"type\":\"ps\",\"index\":0}}");
        assertThat(Jobs.tfConfig(plan, "ps-1"))
                .as("a list would name task 0")
                .contains("{\"cluster\":{\"ps\":{\"1\":\"digits-ps-1-a1.digits:2222\"},\"worker\":{}},"
                        + "\"task\":{\"type\":\"ps\",\"index\":1}}");
    }

    @Test
    void noDynamicTaskHasAnEmptyCluster() {
        LaunchPlan plan = Jobs.plan(Jobs.with(Jobs.DYNAMIC, CHIEF, WORKERS, SERVER, EVALUATOR), Place.PODS);
        assertThat(Jobs.tfConfig(plan, "chief-0").orElseThrow())
                .contains("\"chief\":[\"digits-chief-0-a1.digits:2222\"]", "\"ps\":[\"digits-ps-0-a1.digits:2222\"]")
                .doesNotContain("evaluator");
        assertThat(Jobs.tfConfig(plan, "evaluator-0").orElseThrow())
                .contains("\"chief\":[", "\"ps\":[", "\"evaluator\":[\"digits-evaluator-0-a1.digits:2222\"]");
    }

    @Test
    void aDynamicJobGrowsInPlaceAndOthersStartAnew() {
        ClusterView one =
                ClusterViews.of(launcher, Jobs.with(Jobs.DYNAMIC, Jobs.elastic(1, 1, 3), SERVER), Place.ONE_HOST, 1);
        ClusterView three = ClusterViews.resized(launcher, one, "worker", 3);
        assertThat(launcher.resize(one, three).orElseThrow().replicas())
                .extracting(ReplicaPlan::key)
                .containsExactly(new ReplicaKey("worker", 1), new ReplicaKey("worker", 2));
        assertThat(launcher.resize(three, one).orElseThrow().replicas()).isEmpty();
        ClusterView fixed = ClusterViews.of(launcher, Jobs.of(WORKERS, SERVER), Place.ONE_HOST, 1);
        assertThat(launcher.resize(fixed, ClusterViews.resized(launcher, fixed, "worker", 3)))
                .isEmpty();
    }

    @Test
    void whatOnlyKeepsOrReadsVariablesSeesNoDevicesUnlessItAsks() {
        assertThat(devices(Jobs.of(CHIEF, WORKERS, SERVER, EVALUATOR)))
                .containsExactly(
                        DeviceVisibility.OWN,
                        DeviceVisibility.NONE,
                        DeviceVisibility.NONE,
                        DeviceVisibility.OWN,
                        DeviceVisibility.OWN);
        assertThat(devices(Jobs.of(CHIEF, WORKERS, Jobs.withGpu(SERVER), Jobs.withGpu(EVALUATOR))))
                .containsOnly(DeviceVisibility.OWN);
    }

    @Test
    void theOldNameOfTheChiefIsKeptAndNoted() {
        LaunchPlan plan = Jobs.plan(Jobs.of(Jobs.role("master", 1), WORKERS), Place.PODS);
        assertThat(Jobs.tfConfig(plan, "master-0").orElseThrow())
                .contains("\"master\":[", "\"type\":\"master\"")
                .doesNotContain("chief");
        assertThat(plan.notes()).singleElement().asString().contains("chief");
        assertThat(Jobs.plan(Jobs.of(CHIEF, WORKERS), Place.PODS).notes()).isEmpty();
    }

    @Test
    void theClusterIsTheEnginesToDescribe() {
        assertThat(launcher.reservedVariables(Jobs.of(WORKERS))).containsExactly("TF_CONFIG");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "E0000 00:00:1.5 28084 add_port.cc:83] Failed to add port to server: No address added out of total 1 resolved for '0.0.0.0:20513'|INFRASTRUCTURE|PortTaken",
                "tensorflow.python.framework.errors_impl.UnknownError: Could not start gRPC server|INFRASTRUCTURE|PortTaken",
                "Collective ops is aborted by: recvmsg:Connection reset by peer|USER_RETRYABLE|PeerLost",
                "Additional GRPC error information from remote target /job:ps/replica:0/task:0 while calling /tensorflow.eager.EagerService/Enqueue:|USER_RETRYABLE|PeerLost",
                "OOM when allocating tensor with shape[64,9] and type float on /job:worker/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc|USER|OutOfMemoryGpu",
                "failed to synchronize the stop event: CUDA_ERROR_ECC_UNCORRECTABLE: uncorrectable ECC error encountered|INFRASTRUCTURE|GpuFault"
            })
    void knowsTensorFlowsOwnMessages(String line, FailureClass failure, String reason) {
        LogRule rule = firstMatch(line).orElseThrow();
        assertThat(rule.failure()).contains(failure);
        assertThat(rule.reason()).isEqualTo(reason);
    }

    @Test
    void aPortThatTheUsersProgramFindsTakenIsNotTheEnginesFault() {
        assertThat(firstMatch("OSError: [Errno 98] Address already in use")).isEmpty();
    }

    private static Optional<LogRule> firstMatch(String line) {
        return TensorFlowLogRules.ALL.stream()
                .filter(rule -> rule.pattern().matcher(line).find())
                .findFirst();
    }

    private static List<DeviceVisibility> devices(JobShape job) {
        return Jobs.plan(job, Place.ONE_HOST).replicas().stream()
                .map(ReplicaPlan::devices)
                .toList();
    }

    private Role defaultsOf(String role, JobShape job) {
        return launcher.defaults(job).role(role).orElseThrow();
    }

    private static Role.Builder with(Role role) {
        return Role.builder().from(role);
    }
}

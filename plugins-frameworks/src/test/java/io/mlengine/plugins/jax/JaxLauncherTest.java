package io.mlengine.plugins.jax;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.build.testing.GoldenFile;
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
import io.mlengine.testkit.arbitrary.ClusterViews;
import io.mlengine.testkit.arbitrary.ClusterViews.Place;
import io.mlengine.testkit.contract.PlanText;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class JaxLauncherTest {
    private final JaxLauncher launcher = new JaxLauncher();

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void plansAsRecorded(String name, JobShape job, Place place) {
        String plan = PlanText.of(launcher.plan(ClusterViews.of(launcher, job, place, 1)));
        GoldenFile.named("golden/jax-" + name + ".json").assertMatches(plan);
    }

    static Stream<Arguments> plansAsRecorded() {
        Role two = Jobs.role("worker", 2);
        return Stream.of(
                Arguments.of("one-host", Jobs.of(two), Place.ONE_HOST),
                Arguments.of("one-host-gpus", Jobs.of(Jobs.withGpus(two, 2)), Place.ONE_HOST),
                Arguments.of("pods", Jobs.with(Map.of("coordinatorPort", 6666), two, Jobs.board()), Place.PODS));
    }

    @Test
    void theSameStandsUnderTheNamesOfKubeflowsJaxJob() {
        LaunchPlan plan = launcher.plan(ClusterViews.of(launcher, Jobs.of(Jobs.role("worker", 2)), Place.PODS, 1));
        assertThat(variable(plan, "worker-1", "COORDINATOR_ADDRESS")).isEqualTo("digits-worker-0-a1.digits");
        assertThat(variable(plan, "worker-1", "COORDINATOR_PORT")).isEqualTo("29500");
        assertThat(variable(plan, "worker-1", "NUM_PROCESSES")).isEqualTo("2");
        assertThat(variable(plan, "worker-1", "PROCESS_ID")).isEqualTo("1");
    }

    @Test
    void aProcessAloneFindsTheVariablesTooSoThatScriptsNeedNoExtraCase() {
        LaunchPlan plan = launcher.plan(ClusterViews.of(launcher, Jobs.of(Jobs.role("worker", 1)), Place.ONE_HOST, 1));
        assertThat(variable(plan, "worker-0", "JAX_NUM_PROCESSES")).isEqualTo("1");
        assertThat(variable(plan, "worker-0", "JAX_PROCESS_ID")).isEqualTo("0");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refuses(String path, String advice, JobShape job) {
        assertThat(launcher.validate(job)).singleElement().satisfies(violation -> {
            assertThat(violation.path()).isEqualTo(path);
            assertThat(violation.advice()).contains(advice);
            assertThat(violation.code()).startsWith("JAX-");
        });
    }

    static Stream<Arguments> refuses() {
        Role elastic = Role.builder()
                .from(Jobs.role("worker", 2))
                .minReplicas(1)
                .maxReplicas(3)
                .build();
        return Stream.of(
                Arguments.of("spec.roles", "worker", Jobs.of(Jobs.board())),
                Arguments.of(
                        "spec.roles[1].name", "to worker", Jobs.of(Jobs.role("worker", 2), Jobs.role("master", 1))),
                Arguments.of("spec.roles[0].minReplicas", "remove", Jobs.of(elastic)));
    }

    @Test
    void allProcessesDecideAndALostOneRestartsAll() {
        JobShape job = launcher.defaults(Jobs.of(Jobs.role("worker", 2), Jobs.board()));
        assertThat(job.roles())
                .extracting(Role::deciders)
                .containsExactly(Optional.of(Deciders.ALL), Optional.of(Deciders.NONE));
        assertThat(job.roles())
                .extracting(Role::restartScope)
                .containsExactly(Optional.of(RestartScope.GROUP), Optional.of(RestartScope.REPLICA));
    }

    @Test
    void onlyTheFirstProcessNeedsAPort() {
        assertThat(launcher.needs(Jobs.of(Jobs.board(), Jobs.role("node", 3))))
                .isEqualTo(new Needs(List.of(new Needs.Port(new ReplicaKey("node", 0), "coordinator", 29500))));
    }

    @Test
    void reservesWhatItSets() {
        JobShape job = Jobs.of(Jobs.role("worker", 1));
        ReplicaPlan plan = launcher.plan(ClusterViews.of(launcher, job, Place.PODS, 1))
                .replicas()
                .get(0);
        assertThat(launcher.reservedVariables(job)).isSubsetOf(plan.env().keySet());
        assertThat(plan.env().keySet())
                .filteredOn(name -> !name.equals("PYTHONUNBUFFERED"))
                .hasSameElementsAs(launcher.reservedVariables(job));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "E1125 21:27:57.8 28365 add_port.cc:83] Failed to add port to server: No address added out of total 1 resolved for '[::]:20520'|INFRASTRUCTURE|PortTaken",
                "ValueError: UNKNOWN: Gloo all-reduce failed: [external/gloo/gloo/transport/tcp/pair.cc:547] Connection closed by peer [127.0.0.1]:59025|USER_RETRYABLE|PeerLost",
                "F1125 client.h:80] Terminating process because the JAX distributed service detected fatal errors. This most likely indicates that another task died|USER_RETRYABLE|PeerLost",
                "jax.errors.JaxRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate 17179869184 bytes.|USER|OutOfMemoryGpu"
            })
    void knowsJaxsOwnMessages(String line, FailureClass failure, String reason) {
        LogRule rule = firstMatch(line).orElseThrow();
        assertThat(rule.failure()).contains(failure);
        assertThat(rule.reason()).isEqualTo(reason);
    }

    @Test
    void aPortThatTheUsersProgramFindsTakenIsNotTheEnginesFault() {
        assertThat(firstMatch("OSError: [Errno 98] Address already in use")).isEmpty();
    }

    private static Optional<LogRule> firstMatch(String line) {
        return JaxLogRules.ALL.stream()
                .filter(rule -> rule.pattern().matcher(line).find())
                .findFirst();
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

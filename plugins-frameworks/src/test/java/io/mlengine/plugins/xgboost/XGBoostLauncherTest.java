package io.mlengine.plugins.xgboost;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.Ready;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobEnvironment;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.PythonEnvironment;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import io.mlengine.testkit.arbitrary.ClusterViews;
import io.mlengine.testkit.arbitrary.ClusterViews.Place;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class XGBoostLauncherTest {
    private static final Map<String, String> RANK0 = Map.of("tracker", "rank0");

    private final XGBoostLauncher launcher = new XGBoostLauncher();

    @Test
    void theTrackerIsARoleOfItsOwnThatIsReadyBeforeTheWorkersStart() {
        Role worker =
                Role.builder().from(Jobs.script("worker", 4)).image("trees:1").build();
        JobShape job = launcher.defaults(Jobs.of(worker));

        Role tracker = job.role("tracker").orElseThrow();
        assertThat(tracker.tracked()).isFalse();
        assertThat(tracker.critical()).isTrue();
        assertThat(tracker.image()).contains("trees:1");
        assertThat(job.role("worker").orElseThrow().startAfter()).containsExactly("tracker");
        assertThat(replica(Jobs.of(worker), "tracker-0").ready()).isEqualTo(Ready.port("tracker"));
        assertThat(launcher.needs(job))
                .isEqualTo(new Needs(List.of(new Needs.Port(new ReplicaKey("tracker", 0), "tracker", 29500))));
    }

    @Test
    void theUserMaySayWhatTheTrackerHolds() {
        Role mine = Jobs.withResources(Role.named("tracker").tracked(false).build(), 0, 1);
        JobShape job = launcher.defaults(Jobs.of(Jobs.script("worker", 2), mine));
        Role tracker = job.role("tracker").orElseThrow();
        assertThat(launcher.validate(job)).isEmpty();
        assertThat(tracker.resources()).isEqualTo(mine.resources());
        assertThat(tracker.commandLine())
                .containsExactly("python3", "$(MLENGINE_PLAN_DIR)/mlengine_xgboost_tracker.py");
        assertThat(job.roles()).hasSize(2);
    }

    @Test
    void theFirstWorkerMayKeepTheTrackerInstead() {
        JobShape job = launcher.defaults(Jobs.with(RANK0, Jobs.script("worker", 2)));

        assertThat(job.roles()).extracting(Role::name).containsExactly("worker");
        assertThat(job.roles().get(0).startAfter()).isEmpty();
        assertThat(launcher.needs(job))
                .isEqualTo(new Needs(List.of(new Needs.Port(new ReplicaKey("worker", 0), "tracker", 29500))));
        assertThat(variable(job, "worker-0", "DMLC_TRACKER_ROLE")).isEqualTo("keeper");
        assertThat(variable(job, "worker-1", "DMLC_TRACKER_ROLE")).isEqualTo("guest");
    }

    @Test
    void oneLostWorkerOrTrackerStartsTheWholeGroupAnew() {
        assertThat(launcher.defaults(Jobs.of(Jobs.script("worker", 2))).roles())
                .extracting(Role::restartScope)
                .containsOnly(Optional.of(RestartScope.GROUP));
    }

    @Test
    void theMasterDecidesWhereThereIsOne() {
        JobShape job = launcher.defaults(Jobs.of(Jobs.script("worker", 2), Jobs.script("master", 1)));
        assertThat(job.role("master").orElseThrow().deciders()).contains(Deciders.ALL);
        assertThat(job.role("worker").orElseThrow().deciders()).contains(Deciders.NONE);
        assertThat(job.role("tracker").orElseThrow().deciders()).contains(Deciders.NONE);
        assertThat(launcher.defaults(Jobs.of(Jobs.script("worker", 2))).roles())
                .extracting(Role::deciders)
                .containsExactly(Optional.of(Deciders.ALL), Optional.of(Deciders.NONE));
    }

    @Test
    void taskIdsHaveAsManyDigitsAsTheLastOne() {
        JobShape job = Jobs.of(Jobs.script("worker", 11));
        assertThat(variable(job, "worker-2", "DMLC_TASK_ID")).isEqualTo("02");
        assertThat(variable(job, "worker-10", "DMLC_TASK_ID")).isEqualTo("10");
    }

    @Test
    void ourModuleIsFoundBesideWhatTheUserPutsOnThePath() {
        Role role = Jobs.script("worker", 1);
        Role withPath = Role.builder().from(role).env("PYTHONPATH", "lib").build();
        JobShape everywhere = JobShape.builder()
                .from(Jobs.of(role))
                .environment(JobEnvironment.builder()
                        .putVariable("PYTHONPATH", EnvValue.of("shared"))
                        .build())
                .build();
        assertThat(variable(Jobs.of(role), "worker-0", "PYTHONPATH")).isEqualTo("$(MLENGINE_PLAN_DIR)");
        assertThat(variable(Jobs.of(withPath), "worker-0", "PYTHONPATH")).isEqualTo("$(MLENGINE_PLAN_DIR):lib");
        assertThat(variable(everywhere, "worker-0", "PYTHONPATH")).isEqualTo("$(MLENGINE_PLAN_DIR):shared");
        assertThat(replica(Jobs.of(role), "worker-0").files())
                .extracting(file -> file.path())
                .containsExactly("mlengine_xgboost.py");
    }

    @Test
    void threadsFollowTheCpusThatAreAskedFor() {
        assertThat(variable(Jobs.of(Jobs.withResources(Jobs.script("worker", 2), 0, 4)), "worker-0", "OMP_NUM_THREADS"))
                .isEqualTo("4");
        assertThat(replica(Jobs.of(Jobs.script("worker", 2)), "worker-0").env()).doesNotContainKey("OMP_NUM_THREADS");
    }

    @Test
    void reservesKubeflowsVariablesOnlyBesideAMaster() {
        assertThat(launcher.reservedVariables(Jobs.of(Jobs.script("worker", 1))))
                .contains("DMLC_TASK_ID")
                .doesNotContain("RANK");
        assertThat(launcher.reservedVariables(Jobs.of(Jobs.script("master", 1))))
                .contains("DMLC_TASK_ID", "RANK", "WORKER_ADDRS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "xgboost<2.1",
                "xgboost==2.0.3",
                "xgboost ==1.7",
                "xgboost==1.7.*",
                "xgboost==2.0.*",
                "xgboost~=2.0.0",
                "xgboost~=1.7",
                "xgboost>=1.6,<2",
                "xgboost<=2.0.3; python_version < '3.12'",
                "xgboost[dask]===1.7.6",
                "XGBoost_CPU==2.0"
            })
    void refusesVersionsThatSpeakTheOldProtocol(String requirement) {
        assertThat(launcher.validate(requiring("numpy", requirement)))
                .singleElement()
                .satisfies(violation -> {
                    assertThat(violation.path()).isEqualTo("spec.environment.python.requirements[1]");
                    assertThat(violation.code()).isEqualTo("XGBOOST-VERSION");
                    assertThat(violation.found()).isEqualTo(requirement);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "xgboost",
                "xgboost-cpu>=2.1",
                "xgboost==2.1.4",
                "xgboost==2.*",
                "xgboost~=2.0",
                "xgboost~=2.1.0",
                "xgboost>=1.7,!=2.0.0,<4",
                "xgboost<2.2",
                "xgboost>1",
                "xgboost @ https://example.org/xgboost-1.7.6-py3-none-any.whl",
                "xgboost-ray==0.1.19",
                "xgboosting<1"
            })
    void letsPassWhatMayBeNewEnough(String requirement) {
        assertThat(launcher.validate(requiring(requirement))).isEmpty();
    }

    private JobShape requiring(String... requirements) {
        return launcher.defaults(JobShape.builder()
                .from(Jobs.of(Jobs.script("worker", 2)))
                .environment(JobEnvironment.builder()
                        .python(PythonEnvironment.builder()
                                .requirements(List.of(requirements))
                                .build())
                        .build())
                .build());
    }

    @Test
    void saysEverythingThatItCannotRun() {
        Role twoGpus = Jobs.withResources(Jobs.script("worker", 2), 2, 0);
        Role elastic = Role.builder().from(twoGpus).maxReplicas(4).build();
        Role tracker = Role.named("tracker").command("mine").replicas(2).build();
        JobShape job = launcher.defaults(Jobs.of(elastic, Jobs.script("master", 2), tracker));
        assertThat(launcher.validate(job))
                .extracting(Violation::path, Violation::code)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("spec.roles[2].name", "XGBOOST-ROLES"),
                        org.assertj.core.groups.Tuple.tuple("spec.roles[1].replicas", "XGBOOST-MASTER"),
                        org.assertj.core.groups.Tuple.tuple("spec.roles[2].tracked", "XGBOOST-TRACKER"),
                        org.assertj.core.groups.Tuple.tuple("spec.roles[0].maxReplicas", "XGBOOST-ELASTIC"),
                        org.assertj.core.groups.Tuple.tuple("spec.roles[0].resources.gpus.count", "XGBOOST-GPUS"));
    }

    @Test
    void aRoleThatTrainsIsTracked() {
        Role untracked =
                Role.builder().from(Jobs.script("worker", 1)).tracked(false).build();
        assertThat(launcher.validate(launcher.defaults(Jobs.of(untracked))))
                .extracting(Violation::path)
                .containsExactly("spec.roles[0].tracked");
    }

    /** Lines as XGBoost 1.7.6, 2.1.4 and 3.2.0 and our Python files print them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "XGBoost 1.7.6 is too old: its workers and trackers speak another protocol; install xgboost 2.1 or newer"
                        + "|CONFIGURATION|XGBoostTooOld",
                "tracker: XGBoost is too old: the worker at 127.0.0.1 speaks the protocol of version 2.0 or older"
                        + "|CONFIGURATION|XGBoostTooOld",
                "OSError: [Errno 98] error while attempting to bind on address ('0.0.0.0', 23456): address already in use"
                        + "|INFRASTRUCTURE|PortTaken",
                "- [socket.h:79 21:28:05]: Failed to bind socket. system error:Address already in use"
                        + "|INFRASTRUCTURE|PortTaken",
                "- [loop.cc:101 21:27:30]: Encountered EOF. The other end is likely closed."
                        + "|USER_RETRYABLE|PeerLost"
            })
    void knowsTheMessages(String line, FailureClass failure, String reason) {
        LogRule rule = XGBoostLogRules.ALL.stream()
                .filter(each -> each.pattern().matcher(line).find())
                .findFirst()
                .orElseThrow();
        assertThat(rule.failure()).contains(failure);
        assertThat(rule.reason()).isEqualTo(reason);
    }

    @Test
    void aFailedCollectiveTellsOfALostWorker() {
        assertThat(XGBoostLogRules.ALL)
                .anyMatch(rule -> rule.reason().equals("PeerLost")
                        && rule.pattern()
                                .matcher("- [allreduce.cc:135|21:27:30]: Ring Allreduce failed.")
                                .find());
    }

    private ReplicaPlan replica(JobShape job, String key) {
        LaunchPlan plan = launcher.plan(ClusterViews.of(launcher, job, Place.ONE_HOST, 1));
        return plan.replicas().stream()
                .filter(replica -> replica.key().toString().equals(key))
                .findFirst()
                .orElseThrow();
    }

    private String variable(JobShape job, String replica, String name) {
        return ((EnvValue.Literal)
                        Objects.requireNonNull(replica(job, replica).env().get(name)))
                .value();
    }
}

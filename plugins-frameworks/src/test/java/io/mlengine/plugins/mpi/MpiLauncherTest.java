package io.mlengine.plugins.mpi;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.plugins.shell.RemoteShell;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.Ready;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import io.mlengine.testkit.arbitrary.ClusterViews;
import io.mlengine.testkit.arbitrary.ClusterViews.Place;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MpiLauncherTest {
    private final MpiLauncher launcher = new MpiLauncher();

    @Test
    void theLauncherComesAfterTheWorkersAndItsEndIsTheJobs() {
        JobShape job = launcher.defaults(Jobs.of(Jobs.launcher(), Jobs.workers(2)));
        Role first = job.role("launcher").orElseThrow();
        assertThat(first.startAfter()).containsExactly("worker");
        assertThat(first.deciders()).contains(Deciders.ALL);
        Role worker = job.role("worker").orElseThrow();
        assertThat(worker.tracked()).isFalse();
        assertThat(worker.critical()).isTrue();
        assertThat(worker.restartScope()).contains(RestartScope.GROUP);
        assertThat(worker.command()).isEqualTo(RemoteShell.AGENT_COMMAND);
        assertThat(plan(job, Place.ONE_HOST, "worker").ready()).isEqualTo(Ready.port(RemoteShell.PORT));
    }

    @Test
    void onOneMachineEachWorkerIsAHostOfItsOwn() {
        JobShape job = Jobs.of(Jobs.launcher(), Jobs.workers(300));
        assertThat(file(plan(job, Place.ONE_HOST, "launcher"), "hostfile").lines())
                .doesNotHaveDuplicates()
                .hasSize(300)
                .startsWith("127.0.0.2 slots=1", "127.0.0.3 slots=1")
                .endsWith("127.0.1.45 slots=1");
        assertThat(file(plan(job, Place.ONE_HOST, "launcher"), "rsh_hosts").lines())
                .hasSize(300)
                .contains("127.0.0.2 127.0.0.1:21001");
    }

    @Test
    void slotsAreTheWorkersGpusUnlessTheUserSays() {
        Role workers = Jobs.workersWithGpus(2, 4);
        assertThat(file(plan(Jobs.of(Jobs.launcher(), workers), Place.PODS, "launcher"), "hostfile"))
                .isEqualTo("waves-worker-0-a1.waves slots=4\nwaves-worker-1-a1.waves slots=4\n");
        assertThat(file(
                        plan(Jobs.with(Map.of("slotsPerWorker", 2), Jobs.launcher(), workers), Place.PODS, "launcher"),
                        "hostfile"))
                .isEqualTo("waves-worker-0-a1.waves slots=2\nwaves-worker-1-a1.waves slots=2\n");
    }

    @Test
    void whatTheUserSaysAboutNetworkAndBindingCounts() {
        Role own = Role.builder()
                .from(Jobs.launcher())
                .env("OMPI_MCA_btl_tcp_if_include", "eth0")
                .build();
        Map<String, EnvValue> env =
                plan(Jobs.of(own, Jobs.workers(2)), Place.ONE_HOST, "launcher").env();
        assertThat(env).doesNotContainKey("OMPI_MCA_btl_tcp_if_include").containsKey("OMPI_MCA_oob_tcp_if_include");
    }

    @Test
    void intelsMpirunIsKeptFromHandingTheLaunchersDevicesToTheRanks() {
        Map<String, Object> intel = Map.of("implementation", "intel");
        assertThat(plan(Jobs.with(intel, Jobs.launcher(), Jobs.workers(1)), Place.PODS, "launcher")
                        .command())
                .containsExactly("mpirun", "-genvnone", "python", "train.py");
        Role script = Role.named("launcher").command("sh", "run.sh").build();
        assertThat(plan(Jobs.with(intel, script, Jobs.workers(1)), Place.PODS, "launcher")
                        .command())
                .containsExactly("sh", "run.sh");
    }

    @Test
    void whatAccompaniesTheJobRunsAsItIs() {
        Role board = Role.named("board").command("tensorboard").tracked(false).build();
        JobShape job = Jobs.of(Jobs.launcher(), Jobs.workers(1), board);
        assertThat(launcher.validate(launcher.defaults(job))).isEmpty();
        assertThat(plan(job, Place.PODS, "board").command()).containsExactly("tensorboard");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource
    void refuses(String path, String code, JobShape job) {
        assertThat(launcher.validate(launcher.defaults(job)))
                .extracting(Violation::path, Violation::code)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(path, code));
    }

    static Stream<Arguments> refuses() {
        Role workers = Jobs.workers(2);
        Role two = Role.builder().from(Jobs.launcher()).replicas(2).build();
        Role untracked = Role.builder().from(Jobs.launcher()).tracked(false).build();
        Role undecided =
                Role.builder().from(Jobs.launcher()).deciders(Deciders.NONE).build();
        Role sshd =
                Role.builder().from(workers).command("/usr/sbin/sshd", "-De").build();
        Role evaluator = Role.named("evaluator").command("python", "eval.py").build();
        return Stream.of(
                Arguments.of("spec.roles", "MPI-ROLES", Jobs.of(workers)),
                Arguments.of("spec.roles", "MPI-ROLES", Jobs.of(Jobs.launcher())),
                Arguments.of("spec.roles[0].replicas", "MPI-LAUNCHER", Jobs.of(two, workers)),
                Arguments.of("spec.roles[0].tracked", "MPI-LAUNCHER", Jobs.of(untracked, workers)),
                Arguments.of("spec.roles[0].deciders", "MPI-LAUNCHER", Jobs.of(undecided, workers)),
                Arguments.of("spec.roles[1].command", "MPI-WORKER", Jobs.of(Jobs.launcher(), sshd)),
                Arguments.of("spec.roles[2].name", "MPI-ROLES", Jobs.of(Jobs.launcher(), workers, evaluator)),
                Arguments.of(
                        "spec.frameworkOptions.slotsPerWorker",
                        "MPI-SLOTS",
                        Jobs.with(Map.of("slotsPerWorker", 0), Jobs.launcher(), workers)),
                Arguments.of(
                        "spec.frameworkOptions.implementation",
                        "MPI-IMPLEMENTATION",
                        Jobs.with(Map.of("implementation", "lam"), Jobs.launcher(), workers)));
    }

    @Test
    void theSchemaNamesTheImplementationsAndTheLeastSlots() {
        OptionSchema schema = launcher.options();
        assertThat(schema.option("implementation").orElseThrow().words()).containsExactly("openmpi", "intel", "mpich");
        assertThat(schema.option("slotsPerWorker").orElseThrow().least()).contains(1L);
    }

    @ParameterizedTest
    @MethodSource
    void reservesEverythingThatBringsRanksIntoTheWorkers(Implementation implementation) {
        JobShape job = Jobs.with(Map.of("implementation", implementation.word()), Jobs.launcher(), Jobs.workers(2));
        List<String> reserved = launcher.reservedVariables(job);
        plan(job, Place.ONE_HOST, "launcher").env().forEach((name, value) -> {
            if (value instanceof EnvValue.Literal literal && literal.value().contains(PlanFile.FOLDER)) {
                assertThat(reserved).contains(name);
            }
        });
    }

    static Stream<Implementation> reservesEverythingThatBringsRanksIntoTheWorkers() {
        return Stream.of(Implementation.values());
    }

    private ReplicaPlan plan(JobShape job, Place place, String role) {
        ClusterView view = ClusterViews.of(launcher, job, place, 1);
        LaunchPlan plan = launcher.plan(view);
        return plan.replica(new ReplicaKey(role, 0)).orElseThrow();
    }

    private static String file(ReplicaPlan plan, String path) {
        return plan.files().stream()
                .filter(file -> file.path().equals(path))
                .map(PlanFile::content)
                .findFirst()
                .orElseThrow();
    }
}

package io.mlengine.plugins.mpi;

import io.mlengine.build.testing.GoldenFile;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.JobShape;
import io.mlengine.testkit.arbitrary.ClusterViews;
import io.mlengine.testkit.arbitrary.ClusterViews.Place;
import io.mlengine.testkit.contract.PlanText;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MpiGoldenTest {
    private static final Set<String> PROGRAMS = Set.of("rsh-agent", "rsh_agent.py", "rsh_protocol.py");

    private final MpiLauncher launcher = new MpiLauncher();

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void plansAsRecorded(String name, JobShape job, Place place) {
        LaunchPlan plan = launcher.plan(ClusterViews.of(launcher, job, place, 1));
        GoldenFile.named("golden/mpi-" + name + ".json").assertMatches(PlanText.of(withoutPrograms(plan)));
    }

    static Stream<Arguments> plansAsRecorded() {
        JobShape openMpi = Jobs.of(Jobs.launcher(), Jobs.workers(2));
        JobShape intel =
                Jobs.with(Map.of("implementation", "intel", "slotsPerWorker", 4), Jobs.launcher(), Jobs.workers(2));
        JobShape mpich =
                Jobs.with(Map.of("implementation", "mpich", "slotsPerWorker", 4), Jobs.launcher(), Jobs.workers(2));
        JobShape launcherToo =
                Jobs.with(Map.of("runLauncherAsWorker", true), Jobs.launcher(), Jobs.workersWithGpus(1, 2));
        return Stream.of(
                Arguments.of("openmpi-one-host", openMpi, Place.ONE_HOST),
                Arguments.of("openmpi-pods", openMpi, Place.PODS),
                Arguments.of("intel-one-host", intel, Place.ONE_HOST),
                Arguments.of("intel-pods", intel, Place.PODS),
                Arguments.of("mpich-one-host", mpich, Place.ONE_HOST),
                Arguments.of("mpich-pods", mpich, Place.PODS),
                Arguments.of("launcher-too-one-host", launcherToo, Place.ONE_HOST),
                Arguments.of("launcher-too-pods", launcherToo, Place.PODS));
    }

    /** The programs are files of the plugin; their text would only hide the rest. */
    private static LaunchPlan withoutPrograms(LaunchPlan plan) {
        return new LaunchPlan(
                plan.replicas().stream()
                        .map(replica -> ReplicaPlan.builder()
                                .from(replica)
                                .files(replica.files().stream()
                                        .map(file -> PROGRAMS.contains(file.path())
                                                ? new PlanFile(file.path(), "(program)", file.executable())
                                                : file)
                                        .toList())
                                .build())
                        .toList(),
                plan.notes());
    }
}

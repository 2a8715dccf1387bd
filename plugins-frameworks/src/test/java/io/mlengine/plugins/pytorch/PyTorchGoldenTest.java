package io.mlengine.plugins.pytorch;

import io.mlengine.build.testing.GoldenFile;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import io.mlengine.testkit.arbitrary.ClusterViews;
import io.mlengine.testkit.arbitrary.ClusterViews.Place;
import io.mlengine.testkit.contract.PlanText;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PyTorchGoldenTest {
    private final PyTorchLauncher launcher = new PyTorchLauncher();

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void plansAsRecorded(String name, JobShape job, Place place) {
        String plan = PlanText.of(launcher.plan(ClusterViews.of(launcher, job, place, 1)));
        GoldenFile.named("golden/pytorch-" + name + ".json").assertMatches(plan);
    }

    static Stream<Arguments> plansAsRecorded() {
        Role twoScripts = Jobs.script("worker", 2);
        Role master = Jobs.script("master", 1);
        Role board = Role.named("tensorboard")
                .command("tensorboard", "--logdir=logs")
                .tracked(false)
                .build();
        return Stream.of(
                Arguments.of("rank-one-host", Jobs.of(twoScripts), Place.ONE_HOST),
                Arguments.of("rank-one-host-gpus", Jobs.of(Jobs.withGpus(twoScripts, 1)), Place.ONE_HOST),
                Arguments.of("rank-one-host-mig", Jobs.of(Jobs.withMig(twoScripts, 1)), Place.ONE_HOST),
                Arguments.of("rank-master-pods", Jobs.of(master, twoScripts, board), Place.PODS),
                Arguments.of("agent-static-pods", Jobs.of(Jobs.torchrun("worker", 2)), Place.PODS),
                Arguments.of(
                        "agent-nproc-4", Jobs.with(Map.of("nprocPerNode", 4), Jobs.torchrun("worker", 2)), Place.PODS),
                Arguments.of(
                        "agent-gpus-one-host", Jobs.of(Jobs.withGpus(Jobs.torchrun("worker", 2), 2)), Place.ONE_HOST),
                Arguments.of(
                        "agent-mig-one-host", Jobs.of(Jobs.withMig(Jobs.torchrun("worker", 2), 1)), Place.ONE_HOST),
                Arguments.of("elastic-one-host", Jobs.of(Jobs.elastic(1, 2, 3)), Place.ONE_HOST),
                Arguments.of("elastic-pods", Jobs.of(Jobs.elastic(1, 2, 3)), Place.PODS));
    }
}

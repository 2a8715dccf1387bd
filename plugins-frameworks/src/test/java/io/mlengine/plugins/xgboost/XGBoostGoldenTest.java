package io.mlengine.plugins.xgboost;

import io.mlengine.build.testing.GoldenFile;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.ReplicaPlan;
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

class XGBoostGoldenTest {
    private final XGBoostLauncher launcher = new XGBoostLauncher();

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void plansAsRecorded(String name, JobShape job, Place place) {
        LaunchPlan plan = launcher.plan(ClusterViews.of(launcher, job, place, 1));
        GoldenFile.named("golden/xgboost-" + name + ".json").assertMatches(PlanText.of(withoutPrograms(plan)));
    }

    /** That a plan brings a file is recorded, not what stands in it: a program is no plan. */
    private static LaunchPlan withoutPrograms(LaunchPlan plan) {
        return new LaunchPlan(
                plan.replicas().stream()
                        .map(replica -> ReplicaPlan.builder()
                                .from(replica)
                                .files(replica.files().stream()
                                        .map(file -> new PlanFile(file.path(), "", file.executable()))
                                        .toList())
                                .build())
                        .toList(),
                plan.notes());
    }

    static Stream<Arguments> plansAsRecorded() {
        Role three = Jobs.script("worker", 3);
        Role master = Jobs.script("master", 1);
        Role two = Jobs.withResources(Jobs.script("worker", 2), 1, 4);
        Role board = Role.named("board")
                .command("board")
                .tracked(false)
                .critical(false)
                .build();
        Map<String, Object> rank0 = Map.of("tracker", "rank0", "workerPort", 23000, "timeout", 60);
        return Stream.of(
                Arguments.of("companion-one-host", Jobs.of(three), Place.ONE_HOST),
                Arguments.of("companion-pods", Jobs.of(two, board), Place.PODS),
                Arguments.of("rank0-one-host", Jobs.with(rank0, two), Place.ONE_HOST),
                Arguments.of("rank0-pods", Jobs.with(rank0, three), Place.PODS),
                Arguments.of("master-one-host", Jobs.of(master, two), Place.ONE_HOST),
                Arguments.of("master-pods", Jobs.with(Map.of("masterPort", 9991), master, two), Place.PODS));
    }
}

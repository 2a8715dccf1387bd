package io.mlengine.plugins.tensorflow;

import io.mlengine.build.testing.GoldenFile;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import io.mlengine.testkit.arbitrary.ClusterViews.Place;
import io.mlengine.testkit.contract.PlanText;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TensorFlowGoldenTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource
    void plansAsRecorded(String name, JobShape job, Place place) {
        GoldenFile.named("golden/tensorflow-" + name + ".json").assertMatches(PlanText.of(Jobs.plan(job, place)));
    }

    static Stream<Arguments> plansAsRecorded() {
        Role chief = Jobs.role("chief", 1);
        Role workers = Jobs.role("worker", 2);
        Role servers = Jobs.role("ps", 2);
        Role evaluator = Jobs.role("evaluator", 1);
        JobShape mirrored = Jobs.of(Jobs.withGpu(workers));
        JobShape served = Jobs.of(Jobs.withGpu(chief), Jobs.withGpu(workers), Jobs.role("ps", 1), evaluator);
        JobShape dynamic = Jobs.with(Jobs.DYNAMIC, chief, Jobs.elastic(1, 2, 4), servers, evaluator);
        return Stream.of(
                Arguments.of("mirrored-one-host", mirrored, Place.ONE_HOST),
                Arguments.of("mirrored-pods", mirrored, Place.PODS),
                Arguments.of("servers-one-host", served, Place.ONE_HOST),
                Arguments.of("servers-pods", served, Place.PODS),
                Arguments.of("dynamic-one-host", dynamic, Place.ONE_HOST),
                Arguments.of("dynamic-pods", dynamic, Place.PODS),
                Arguments.of(
                        "master-pods",
                        Jobs.with(Map.of("port", 3333), Jobs.role("master", 1), Jobs.role("worker", 1), Jobs.board()),
                        Place.PODS),
                Arguments.of("alone-one-host", Jobs.of(Jobs.withGpu(Jobs.role("worker", 1))), Place.ONE_HOST));
    }
}

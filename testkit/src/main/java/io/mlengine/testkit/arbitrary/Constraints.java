package io.mlengine.testkit.arbitrary;

import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.NodeRequirement;
import io.mlengine.spi.model.Taint;
import io.mlengine.spi.model.Toleration;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/** What keeps replicas off nodes in small clusters; most of the time nothing does. */
final class Constraints {
    private static final Toleration GPU =
            new Toleration("gpu", Toleration.Operator.EQUAL, "true", Optional.of(Taint.Effect.NO_SCHEDULE));
    private static final Toleration ANY = new Toleration("", Toleration.Operator.EXISTS, "", Optional.empty());

    private Constraints() {}

    static Arbitrary<NodeConstraints> any() {
        return Arbitraries.frequency(
                Tuple.of(20, NodeConstraints.NONE),
                Tuple.of(2, NodeConstraints.builder().addToleration(GPU).build()),
                Tuple.of(1, NodeConstraints.builder().addToleration(ANY).build()),
                Tuple.of(1, NodeConstraints.builder().selector("pool", "a").build()),
                Tuple.of(
                        1,
                        NodeConstraints.builder()
                                .selector("pool", "b")
                                .addToleration(ANY)
                                .build()),
                Tuple.of(
                        1,
                        NodeConstraints.builder()
                                .addAnyOf(List.of(requirement("rack", NodeRequirement.Operator.IN, "r1")))
                                .addAnyOf(List.of(
                                        requirement("pool", NodeRequirement.Operator.NOT_IN, "a"),
                                        requirement("rack", NodeRequirement.Operator.EXISTS)))
                                .build()));
    }

    static Arbitrary<List<Taint>> taints() {
        Taint gpu = new Taint("gpu", "true", Taint.Effect.NO_SCHEDULE);
        return Arbitraries.frequency(
                Tuple.of(20, List.of()),
                Tuple.of(1, List.of(gpu)),
                Tuple.of(1, List.of(new Taint("old", "", Taint.Effect.PREFER_NO_SCHEDULE))),
                Tuple.of(1, List.of(gpu, new Taint("broken", "", Taint.Effect.NO_EXECUTE))));
    }

    private static NodeRequirement requirement(String key, NodeRequirement.Operator operator, String... values) {
        return new NodeRequirement(key, operator, List.of(values));
    }
}

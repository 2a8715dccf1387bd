package io.mlengine.spi.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What Kubernetes says about selectors, affinity, taints and tolerations. */
class NodeConstraintsTest {
    private static final Taint GPU = new Taint("gpu", "true", Taint.Effect.NO_SCHEDULE);

    private static Toleration toleration(String key, Toleration.Operator operator, String value) {
        return new Toleration(key, operator, value, Optional.empty());
    }

    private static boolean isMet(NodeRequirement.Operator operator, List<String> values, Map<String, String> labels) {
        return new NodeRequirement("zone", operator, values).isMetBy(new TreeMap<>(labels));
    }

    private static Node node(Map<String, String> labels, Taint... taints) {
        return Node.builder()
                .name("a")
                .cpuMillis(1)
                .memoryBytes(1)
                .labels(labels)
                .addTaints(taints)
                .build();
    }

    private static Optional<String> refusal(NodeConstraints.Builder constraints, Node node) {
        return constraints.build().refusal(node);
    }

    @Test
    void tolerationsMatchKeyValueAndEffect() {
        assertThat(toleration("gpu", Toleration.Operator.EQUAL, "true").tolerates(GPU))
                .isTrue();
        assertThat(toleration("gpu", Toleration.Operator.EQUAL, "").tolerates(GPU))
                .isFalse();
        assertThat(toleration("gpu", Toleration.Operator.EXISTS, "").tolerates(GPU))
                .isTrue();
        assertThat(toleration("cpu", Toleration.Operator.EXISTS, "").tolerates(GPU))
                .isFalse();
        assertThat(toleration("", Toleration.Operator.EXISTS, "").tolerates(GPU))
                .isTrue();
        assertThat(new Toleration("", Toleration.Operator.EXISTS, "", Optional.of(Taint.Effect.NO_EXECUTE))
                        .tolerates(GPU))
                .isFalse();
        assertThat(new Toleration("gpu", Toleration.Operator.EQUAL, "true", Optional.of(Taint.Effect.NO_SCHEDULE))
                        .tolerates(GPU))
                .isTrue();
    }

    @Test
    void requirementsCompareLabels() {
        Map<String, String> none = Map.of();
        Map<String, String> a = Map.of("zone", "a");
        assertThat(isMet(NodeRequirement.Operator.IN, List.of("b", "a"), a)).isTrue();
        assertThat(isMet(NodeRequirement.Operator.IN, List.of("b"), a)).isFalse();
        assertThat(isMet(NodeRequirement.Operator.IN, List.of("b"), none)).isFalse();
        assertThat(isMet(NodeRequirement.Operator.NOT_IN, List.of("b"), a)).isTrue();
        assertThat(isMet(NodeRequirement.Operator.NOT_IN, List.of("a"), a)).isFalse();
        assertThat(isMet(NodeRequirement.Operator.NOT_IN, List.of("a"), none)).isTrue();
        assertThat(isMet(NodeRequirement.Operator.EXISTS, List.of(), a)).isTrue();
        assertThat(isMet(NodeRequirement.Operator.EXISTS, List.of(), none)).isFalse();
        assertThat(isMet(NodeRequirement.Operator.DOES_NOT_EXIST, List.of(), a)).isFalse();
        assertThat(isMet(NodeRequirement.Operator.DOES_NOT_EXIST, List.of(), none))
                .isTrue();
    }

    @Test
    void requirementsCompareWholeNumbers() {
        Map<String, String> ten = Map.of("zone", "10");
        assertThat(isMet(NodeRequirement.Operator.GREATER, List.of("9"), ten)).isTrue();
        assertThat(isMet(NodeRequirement.Operator.GREATER, List.of("10"), ten)).isFalse();
        assertThat(isMet(NodeRequirement.Operator.LESS, List.of("11"), ten)).isTrue();
        assertThat(isMet(NodeRequirement.Operator.LESS, List.of("-1"), ten)).isFalse();
        assertThat(isMet(NodeRequirement.Operator.LESS, List.of("11"), Map.of()))
                .isFalse();
        assertThat(isMet(NodeRequirement.Operator.LESS, List.of("11"), Map.of("zone", "ten")))
                .isFalse();
        assertThat(isMet(NodeRequirement.Operator.GREATER, List.of("1", "2"), ten))
                .isFalse();
        assertThat(isMet(NodeRequirement.Operator.GREATER, List.of("1.5"), ten)).isFalse();
    }

    @Test
    void taintsRefuseUnlessTheyAreToleratedOrOnlyPreferences() {
        NodeConstraints none = NodeConstraints.NONE;
        assertThat(none.refusal(node(Map.of()))).isEmpty();
        assertThat(none.refusal(node(Map.of(), GPU))).contains("untolerated taint gpu=true:NoSchedule");
        assertThat(none.refusal(node(Map.of(), new Taint("old", "", Taint.Effect.PREFER_NO_SCHEDULE))))
                .isEmpty();
        assertThat(refusal(
                        NodeConstraints.builder().addToleration(toleration("gpu", Toleration.Operator.EXISTS, "")),
                        node(Map.of(), GPU, new Taint("broken", "", Taint.Effect.NO_EXECUTE))))
                .contains("untolerated taint broken:NoExecute");
    }

    @Test
    void labelsThatAreSelectedMustBeThere() {
        NodeConstraints.Builder wanted = NodeConstraints.builder().selector("pool", "a");
        assertThat(refusal(wanted, node(Map.of("pool", "a", "zone", "x")))).isEmpty();
        assertThat(refusal(wanted, node(Map.of("pool", "b"), GPU))).contains("no label pool=a");
    }

    @Test
    void oneAlternativeMustBeMetWhole() {
        NodeRequirement inZone = new NodeRequirement("zone", NodeRequirement.Operator.IN, List.of("a", "b"));
        NodeRequirement isNew = new NodeRequirement("old", NodeRequirement.Operator.DOES_NOT_EXIST, List.of());
        NodeConstraints.Builder one = NodeConstraints.builder().addAnyOf(List.of(inZone, isNew));
        assertThat(refusal(one, node(Map.of("zone", "b")))).isEmpty();
        assertThat(refusal(one, node(Map.of("zone", "c")))).contains("not met: zone In [a, b]");
        assertThat(refusal(one, node(Map.of("zone", "a", "old", "")))).contains("not met: old DoesNotExist");
        NodeConstraints.Builder two =
                NodeConstraints.builder().addAnyOf(List.of(inZone)).addAnyOf(List.of(isNew));
        assertThat(refusal(two, node(Map.of("zone", "c")))).isEmpty();
        assertThat(refusal(two, node(Map.of("old", "")))).contains("none of 2 alternatives met");
        assertThat(refusal(NodeConstraints.builder().addAnyOf(List.of()), node(Map.of())))
                .contains("an alternative without requirements");
    }
}

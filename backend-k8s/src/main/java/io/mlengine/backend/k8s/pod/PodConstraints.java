package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.NodeAffinity;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.NodeRequirement;
import io.mlengine.spi.model.Taint;
import io.mlengine.spi.model.Toleration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which nodes a pod of others may be placed on, in the engine's words; see {@link PodRefusals} for what has none. */
final class PodConstraints {
    private PodConstraints() {}

    static NodeConstraints of(Pod pod) {
        PodSpec spec = pod.getSpec();
        NodeConstraints.Builder constraints = NodeConstraints.builder();
        if (spec.getNodeSelector() != null) {
            constraints.putAllSelector(spec.getNodeSelector());
        }
        spec.getTolerations().forEach(toleration -> toleration(toleration).ifPresent(constraints::addTolerations));
        terms(spec).forEach(term -> constraints.addAnyOf(requirements(term)));
        return constraints.build();
    }

    /** The alternatives of the required node affinity. */
    static Stream<NodeSelectorTerm> terms(PodSpec spec) {
        return Stream.ofNullable(spec.getAffinity())
                .map(Affinity::getNodeAffinity)
                .flatMap(Stream::ofNullable)
                .map(NodeAffinity::getRequiredDuringSchedulingIgnoredDuringExecution)
                .flatMap(Stream::ofNullable)
                .flatMap(selector -> selector.getNodeSelectorTerms().stream());
    }

    private static List<NodeRequirement> requirements(NodeSelectorTerm term) {
        return term.getMatchExpressions().stream()
                .flatMap(expression -> requirement(expression).stream())
                .toList();
    }

    static Optional<NodeRequirement> requirement(NodeSelectorRequirement expression) {
        return Arrays.stream(NodeRequirement.Operator.values())
                .filter(operator -> operator.word().equals(expression.getOperator()))
                .findFirst()
                .map(operator -> new NodeRequirement(expression.getKey(), operator, expression.getValues()));
    }

    static Optional<Toleration> toleration(io.fabric8.kubernetes.api.model.Toleration toleration) {
        String word = Containers.text(toleration.getOperator());
        Optional<Taint.Effect> effect = Arrays.stream(Taint.Effect.values())
                .filter(known -> known.word().equals(toleration.getEffect()))
                .findFirst();
        return Arrays.stream(Toleration.Operator.values())
                .filter(operator -> word.isEmpty()
                        ? operator == Toleration.Operator.EQUAL
                        : operator.word().equals(word))
                .findFirst()
                .map(operator -> new Toleration(
                        Containers.text(toleration.getKey()),
                        operator,
                        Containers.text(toleration.getValue()),
                        effect));
    }
}

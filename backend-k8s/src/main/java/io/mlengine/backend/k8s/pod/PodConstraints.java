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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Which nodes a pod of others may be placed on, in the engine's words; see {@link PodRefusals} for what has none. */
final class PodConstraints {
    private PodConstraints() {}

    static NodeConstraints of(Pod pod, ClaimState.Lookup claims) {
        PodSpec spec = pod.getSpec();
        NodeConstraints.Builder constraints = NodeConstraints.builder();
        if (spec.getNodeSelector() != null) {
            constraints.putAllSelector(spec.getNodeSelector());
        }
        spec.getTolerations().forEach(toleration -> toleration(toleration).ifPresent(constraints::addTolerations));
        List<List<NodeRequirement>> alternatives =
                terms(spec).map(term -> requirements(term).orElse(List.of())).toList();
        for (String claim : ClaimState.names(pod)) {
            List<List<NodeRequirement>> ofVolume = claims.find(pod.getMetadata().getNamespace(), claim)
                    .map(ClaimState::nodes)
                    .orElse(List.of());
            alternatives = both(alternatives, ofVolume);
        }
        return constraints.anyOf(alternatives).build();
    }

    /** Alternatives that are met where one of each list is met; an empty list is met everywhere. */
    private static List<List<NodeRequirement>> both(
            List<List<NodeRequirement>> left, List<List<NodeRequirement>> right) {
        if (left.isEmpty() || right.isEmpty()) {
            return left.isEmpty() ? right : left;
        }
        Set<List<NodeRequirement>> both = new LinkedHashSet<>();
        // An alternative without requirements is met nowhere.
        left.stream()
                .filter(one -> !one.isEmpty())
                .forEach(one -> right.stream()
                        .filter(other -> !other.isEmpty())
                        .forEach(other -> both.add(Stream.concat(one.stream(), other.stream())
                                .distinct()
                                .toList())));
        return both.isEmpty() ? List.of(List.of()) : List.copyOf(both);
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

    /** What a term asks of labels; empty when it asks for something else. */
    static Optional<List<NodeRequirement>> requirements(NodeSelectorTerm term) {
        List<NodeRequirement> requirements = term.getMatchExpressions().stream()
                .flatMap(expression -> requirement(expression).stream())
                .toList();
        boolean isWhole = requirements.size() == term.getMatchExpressions().size()
                && Optional.ofNullable(term.getMatchFields()).orElse(List.of()).isEmpty();
        return isWhole ? Optional.of(requirements) : Optional.empty();
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

package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.NodeRequirement;
import io.mlengine.spi.model.Taint;
import java.util.List;
import java.util.Optional;

/** A role's constraints in the words of a pod: the node judges the engine's choice by them once more. */
final class NodeTerms {
    private NodeTerms() {}

    static List<Toleration> tolerations(NodeConstraints constraints) {
        return constraints.tolerations().stream().map(NodeTerms::toleration).toList();
    }

    private static Toleration toleration(io.mlengine.spi.model.Toleration toleration) {
        TolerationBuilder builder =
                new TolerationBuilder().withOperator(toleration.operator().word());
        if (!toleration.key().isEmpty()) {
            builder.withKey(toleration.key());
        }
        if (toleration.operator() == io.mlengine.spi.model.Toleration.Operator.EQUAL) {
            builder.withValue(toleration.value());
        }
        toleration.effect().map(Taint.Effect::word).ifPresent(builder::withEffect);
        return builder.build();
    }

    static Optional<Affinity> affinity(NodeConstraints constraints) {
        if (constraints.anyOf().isEmpty()) {
            return Optional.empty();
        }
        List<NodeSelectorTerm> terms =
                constraints.anyOf().stream().map(NodeTerms::term).toList();
        return Optional.of(new AffinityBuilder()
                .withNewNodeAffinity()
                .withNewRequiredDuringSchedulingIgnoredDuringExecution()
                .withNodeSelectorTerms(terms)
                .endRequiredDuringSchedulingIgnoredDuringExecution()
                .endNodeAffinity()
                .build());
    }

    private static NodeSelectorTerm term(List<NodeRequirement> requirements) {
        return new NodeSelectorTerm(
                requirements.stream()
                        .map(requirement -> new NodeSelectorRequirement(
                                requirement.key(), requirement.operator().word(), requirement.values()))
                        .toList(),
                List.of());
    }
}

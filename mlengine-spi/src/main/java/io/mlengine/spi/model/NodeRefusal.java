package io.mlengine.spi.model;

import java.util.List;
import java.util.Optional;

/** Why constraints keep a replica off a node: first by what the job asks for, then by the node's taints. */
final class NodeRefusal {
    private NodeRefusal() {}

    static Optional<String> of(NodeConstraints constraints, Node node) {
        return selector(constraints, node)
                .or(() -> affinity(constraints.anyOf(), node))
                .or(() -> taint(constraints.tolerations(), node));
    }

    private static Optional<String> selector(NodeConstraints constraints, Node node) {
        return constraints.selector().entrySet().stream()
                .filter(wanted -> !wanted.getValue().equals(node.labels().get(wanted.getKey())))
                .findFirst()
                .map(missing -> "no label " + missing.getKey() + "=" + missing.getValue());
    }

    private static Optional<String> affinity(List<List<NodeRequirement>> terms, Node node) {
        if (terms.isEmpty() || terms.stream().anyMatch(term -> isMet(term, node))) {
            return Optional.empty();
        }
        if (terms.size() > 1) {
            return Optional.of("none of " + terms.size() + " alternatives met");
        }
        return terms.get(0).stream()
                .filter(requirement -> !requirement.isMetBy(node.labels()))
                .findFirst()
                .map(requirement -> "not met: " + requirement)
                .or(() -> Optional.of("an alternative without requirements"));
    }

    private static boolean isMet(List<NodeRequirement> term, Node node) {
        return !term.isEmpty() && term.stream().allMatch(requirement -> requirement.isMetBy(node.labels()));
    }

    private static Optional<String> taint(List<Toleration> tolerations, Node node) {
        return node.taints().stream()
                .filter(taint -> taint.effect() != Taint.Effect.PREFER_NO_SCHEDULE)
                .filter(taint -> tolerations.stream().noneMatch(toleration -> toleration.tolerates(taint)))
                .findFirst()
                .map(taint -> "untolerated taint " + taint);
    }
}

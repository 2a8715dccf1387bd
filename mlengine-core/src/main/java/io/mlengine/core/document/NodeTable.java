package io.mlengine.core.document;

import static io.mlengine.core.document.Field.defaulted;
import static io.mlengine.core.document.Field.optional;
import static io.mlengine.core.document.Field.required;
import static io.mlengine.core.document.Values.TEXT;
import static io.mlengine.core.document.Values.list;
import static io.mlengine.core.document.Values.map;
import static io.mlengine.core.document.Values.word;

import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.NodeRequirement;
import io.mlengine.spi.model.Taint;
import io.mlengine.spi.model.Toleration;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/** The field table of the nodes that a role may use. Words are spelled as Kubernetes spells them. */
final class NodeTable {
    /** Which nodes a replica may be placed on. */
    static final ObjectType<NodeConstraints> CONSTRAINTS = constraints();

    private NodeTable() {}

    private static ObjectType<NodeConstraints> constraints() {
        return ObjectType.<NodeConstraints, NodeConstraints.Builder>builder("an object")
                .with(
                        defaulted(
                                "selector",
                                map(TEXT),
                                "Labels that the node must have.",
                                NodeConstraints::selector,
                                Collections.unmodifiableSortedMap(new TreeMap<>())),
                        (builder, labels) -> builder.selector(labels))
                .with(
                        defaulted(
                                "tolerations",
                                list(toleration()),
                                "Taints that do not matter.",
                                NodeConstraints::tolerations,
                                List.of()),
                        (builder, tolerations) -> builder.tolerations(tolerations))
                .with(
                        defaulted(
                                "anyOf",
                                list(list(requirement())),
                                "Alternatives, one of which the node must meet whole; any node without it.",
                                NodeConstraints::anyOf,
                                List.of()),
                        (builder, alternatives) -> builder.anyOf(alternatives))
                .build(NodeConstraints::builder, NodeConstraints.Builder::build);
    }

    private static ObjectType<Toleration> toleration() {
        Field<Toleration, String> key = defaulted("key", TEXT, "The taints' key; any without it.", Toleration::key, "");
        Field<Toleration, Toleration.Operator> operator = defaulted(
                "operator",
                word(List.of(Toleration.Operator.values()), Toleration.Operator::word),
                "Whether the value must be equal, or any will do.",
                Toleration::operator,
                Toleration.Operator.EQUAL);
        Field<Toleration, String> value = defaulted("value", TEXT, "The taints' value.", Toleration::value, "");
        Field<Toleration, Taint.Effect> effect = optional(
                "effect",
                word(List.of(Taint.Effect.values()), Taint.Effect::word),
                "The taints' effect; any without it.",
                Toleration::effect);
        return ObjectType.of(
                "an object with key, operator, value and effect",
                given -> new Toleration(given.get(key), given.get(operator), given.get(value), given.find(effect)),
                key,
                operator,
                value,
                effect);
    }

    private static ObjectType<NodeRequirement> requirement() {
        Field<NodeRequirement, String> key =
                required("key", TEXT, "A label of the node.", NodeRequirement::key, "missing");
        Field<NodeRequirement, NodeRequirement.Operator> operator = required(
                "operator",
                word(List.of(NodeRequirement.Operator.values()), NodeRequirement.Operator::word),
                "How label and values are compared.",
                NodeRequirement::operator,
                NodeRequirement.Operator.EXISTS);
        Field<NodeRequirement, List<String>> values = defaulted(
                "values",
                list(TEXT),
                "Texts for In and NotIn, one whole number in quotes for Gt and Lt.",
                NodeRequirement::values,
                List.of());
        return ObjectType.of(
                "an object with key and operator",
                given -> new NodeRequirement(given.get(key), given.get(operator), given.get(values)),
                key,
                operator,
                values);
    }
}

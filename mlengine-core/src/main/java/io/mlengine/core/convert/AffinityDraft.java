package io.mlengine.core.convert;

import io.mlengine.spi.model.NodeRequirement;
import java.util.ArrayList;
import java.util.List;

/** Which nodes pods must have; what they would rather have, and whom they would be near, has no counterpart. */
final class AffinityDraft {
    private static final String NEARNESS = "the scheduler keeps replicas together by domains alone";
    private static final String ADVICE = "set `scheduling.topology` to stay together";

    static final FieldTable<Requirement> REQUIREMENT = FieldTable.<Requirement>named("node requirement")
            .text("key", "`key`", (requirement, text) -> requirement.key = text)
            .value("operator", "`operator`", Requirement::operator)
            .texts("values", "`values`", (requirement, texts) -> requirement.values = texts)
            .build();

    private static final FieldTable<List<NodeRequirement>> TERM = FieldTable.<List<NodeRequirement>>named(
                    "node selector term")
            .value("matchExpressions", "a list of `nodes.anyOf`, see node requirement", AffinityDraft::expressions)
            .build();

    private static final FieldTable<PodDraft> REQUIRED = FieldTable.<PodDraft>named("required node affinity")
            .value("nodeSelectorTerms", "`nodes.anyOf` of the role", AffinityDraft::terms)
            .build();

    static final FieldTable<PodDraft> NODES = FieldTable.<PodDraft>named("node affinity")
            .object("requiredDuringSchedulingIgnoredDuringExecution", REQUIRED, pod -> pod)
            .dropped(
                    "preferredDuringSchedulingIgnoredDuringExecution",
                    "a node will do or not, none is better than another",
                    "")
            .build();

    static final FieldTable<PodDraft> TABLE = FieldTable.<PodDraft>named("affinity")
            .object("nodeAffinity", NODES, pod -> pod)
            .dropped(List.of("podAffinity", "podAntiAffinity"), NEARNESS, ADVICE)
            .build();

    private AffinityDraft() {}

    /** One requirement while it is read. */
    private static final class Requirement {
        private String key = "";
        private NodeRequirement.Operator operator = NodeRequirement.Operator.EXISTS;
        private List<String> values = List.of();

        private void operator(ForeignValue value) {
            value.oneOf(List.of(NodeRequirement.Operator.values()), NodeRequirement.Operator::word)
                    .ifPresent(word -> operator = word);
        }
    }

    private static void terms(PodDraft pod, ForeignValue list) {
        if (list.items().stream().anyMatch(term -> term.has("matchFields"))) {
            // Without this one condition more nodes would do than are meant.
            list.dropped("nodes are chosen by labels alone", "use the label kubernetes.io/hostname in `nodes.anyOf`");
            return;
        }
        List<List<NodeRequirement>> anyOf = new ArrayList<>();
        list.items().forEach(term -> {
            List<NodeRequirement> requirements = new ArrayList<>();
            TERM.read(term, requirements);
            anyOf.add(List.copyOf(requirements));
        });
        pod.nodes.anyOf(anyOf);
        list.check("becomes `nodes.anyOf`", PodTable.LOCAL_NODE);
    }

    private static void expressions(List<NodeRequirement> requirements, ForeignValue list) {
        list.items().forEach(item -> {
            Requirement draft = new Requirement();
            REQUIREMENT.read(item, draft);
            requirements.add(new NodeRequirement(draft.key, draft.operator, draft.values));
        });
    }
}

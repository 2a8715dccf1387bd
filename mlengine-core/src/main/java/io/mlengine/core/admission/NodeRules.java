package io.mlengine.core.admission;

import static io.mlengine.core.admission.FieldPath.item;
import static io.mlengine.core.admission.FieldPath.key;

import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.NodeRequirement;
import io.mlengine.spi.model.Toleration;
import java.util.List;
import java.util.regex.Pattern;

/** Which nodes a role may use: forms of labels, and operators that have the values they need. */
final class NodeRules {
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}");

    private NodeRules() {}

    static void check(String path, NodeConstraints nodes, Findings findings) {
        NameRules.labels(key(path, "selector"), nodes.selector(), findings);
        tolerations(key(path, "tolerations"), nodes.tolerations(), findings);
        alternatives(key(path, "anyOf"), nodes.anyOf(), findings);
    }

    private static void tolerations(String path, List<Toleration> tolerations, Findings findings) {
        atMost(path, tolerations.size(), findings);
        for (int i = 0; i < tolerations.size(); i++) {
            toleration(item(path, i), tolerations.get(i), findings);
        }
    }

    private static void toleration(String path, Toleration toleration, Findings findings) {
        boolean exists = toleration.operator() == Toleration.Operator.EXISTS;
        if (!toleration.key().isEmpty()) {
            NameRules.qualified(key(path, "key"), toleration.key(), findings);
        } else if (!exists) {
            String advice = "only `Exists` goes without a key";
            findings.add(
                    ViolationCode.CONTRADICTION,
                    key(path, "operator"),
                    toleration.operator().word(),
                    advice);
        }
        if (exists && !toleration.value().isEmpty()) {
            String advice = "`Exists` takes any value; remove it, or choose `Equal`";
            findings.add(ViolationCode.CONTRADICTION, key(path, "value"), toleration.value(), advice);
        } else {
            NameRules.labelValue(key(path, "value"), toleration.value(), findings);
        }
    }

    private static void alternatives(String path, List<List<NodeRequirement>> alternatives, Findings findings) {
        atMost(path, alternatives.stream().mapToInt(List::size).sum(), findings);
        for (int i = 0; i < alternatives.size(); i++) {
            List<NodeRequirement> alternative = alternatives.get(i);
            if (alternative.isEmpty()) {
                String advice = "no node meets an alternative without requirements; remove it";
                findings.add(ViolationCode.CONTRADICTION, item(path, i), "", advice);
            }
            for (int j = 0; j < alternative.size(); j++) {
                requirement(item(item(path, i), j), alternative.get(j), findings);
            }
        }
    }

    private static void requirement(String path, NodeRequirement requirement, Findings findings) {
        NameRules.qualified(key(path, "key"), requirement.key(), findings);
        String values = key(path, "values");
        String found = String.join(", ", requirement.values());
        String word = "`" + requirement.operator().word() + "` ";
        switch (requirement.operator()) {
            case IN, NOT_IN -> {
                if (requirement.values().isEmpty()) {
                    findings.add(ViolationCode.CONTRADICTION, values, found, word + "needs at least one value");
                }
                for (int i = 0; i < requirement.values().size(); i++) {
                    NameRules.labelValue(item(values, i), requirement.values().get(i), findings);
                }
            }
            case EXISTS, DOES_NOT_EXIST -> {
                if (!requirement.values().isEmpty()) {
                    findings.add(ViolationCode.CONTRADICTION, values, found, word + "takes no values; remove them");
                }
            }
            case GREATER, LESS -> {
                if (!WHOLE.matcher(found).matches()) {
                    String advice = word + "needs one whole number, for example [\"4\"]";
                    findings.add(ViolationCode.CONTRADICTION, values, found, advice);
                }
            }
        }
    }

    private static void atMost(String path, int size, Findings findings) {
        if (size > Limits.MOST_CONSTRAINTS) {
            String advice = "at most " + Limits.MOST_CONSTRAINTS + " are allowed";
            findings.add(ViolationCode.OUT_OF_RANGE, path, Integer.toString(size), advice);
        }
    }
}

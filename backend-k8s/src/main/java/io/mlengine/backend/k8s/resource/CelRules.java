package io.mlengine.backend.k8s.resource;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Rules in the language of servers from 1.25 on: they hold even while the engine's webhooks are away. */
final class CelRules {
    /** Of the roles only sizes may change; a rule that looks into lists of any length costs more than servers allow. */
    private static final String ROLES = "roles";

    private CelRules() {}

    /** A job is what it was submitted as; the wishes alone may change. */
    static void addToSpec(JSONSchemaProps spec) {
        List<ValidationRule> rules = new ArrayList<>();
        for (Map.Entry<String, JSONSchemaProps> field : spec.getProperties().entrySet()) {
            String name = field.getKey();
            boolean mayChange = MLTrainWish.FIELDS.contains(name) || name.equals(ROLES);
            if (!mayChange && isVisible(field.getValue())) {
                rules.add(unchanged(name));
            }
        }
        rules.add(new ValidationRuleBuilder()
                .withRule(
                        "!has(oldSelf.desired) || oldSelf.desired != 'Cancel' || (has(self.desired) && self.desired == 'Cancel')")
                .withMessage("a cancel cannot be taken back: submit a new job")
                .build());
        spec.setXKubernetesValidations(rules);
    }

    private static ValidationRule unchanged(String field) {
        String name = "self." + field;
        return new ValidationRuleBuilder()
                .withRule("has(%1$s) == has(old%2$s) && (!has(%1$s) || %1$s == old%2$s)"
                        .formatted(name, "S" + name.substring(1)))
                .withMessage("spec." + field + " cannot be changed: submit a new job")
                .build();
    }

    /** The language sees only values whose type the schema tells. */
    private static boolean isVisible(JSONSchemaProps schema) {
        if (schema.getType() == null && !Boolean.TRUE.equals(schema.getXKubernetesIntOrString())) {
            return false;
        }
        boolean hasVisibleItems =
                schema.getItems() == null || isVisible(schema.getItems().getSchema());
        boolean hasVisibleValues = schema.getAdditionalProperties() == null
                || isVisible(schema.getAdditionalProperties().getSchema());
        return hasVisibleItems && hasVisibleValues;
    }
}

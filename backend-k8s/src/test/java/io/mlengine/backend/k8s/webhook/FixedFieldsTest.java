package io.mlengine.backend.k8s.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.mlengine.backend.k8s.resource.CrdManifests;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of the definition and those of the webhook are two guards of the same fields. */
class FixedFieldsTest {
    /** A change of each field of the spec. */
    private static final Map<String, String> CHANGES = new TreeMap<>(Map.ofEntries(
            Map.entry("framework", "jax"),
            Map.entry("frameworkOptions", "{nodes: 2}"),
            Map.entry("queue", "other"),
            Map.entry("priority", "7"),
            Map.entry("preemptible", "false"),
            Map.entry("roles", "[{name: chief, image: \"registry/bert:2\", command: [python, c.py]}]"),
            Map.entry("code", "{git: {repository: \"https://example.org/bert.git\"}}"),
            Map.entry("inputs", "[{name: images, source: \"pvc://images\"}]"),
            Map.entry("outputs", "[{name: model, path: model.pt}]"),
            Map.entry("environment", "{variables: {MODE: fast}}"),
            Map.entry("runPolicy", "{suspend: true}"),
            Map.entry("scheduling", "{gangMinimum: 2}"),
            Map.entry("success", "{rule: all}"),
            Map.entry("delegate", "{kind: PyTorchJob}"),
            Map.entry("desired", "Suspend"),
            Map.entry("replicas", "3")));

    /** What the language of the rules cannot see: values of any type, and lists of any length. */
    private static final Set<String> WEBHOOK_ALONE = Set.of("frameworkOptions", "roles");

    static Stream<String> fields() {
        return spec().getProperties().keySet().stream();
    }

    @Test
    void everyFieldHasAChangeHere() {
        assertThat(CHANGES.keySet()).containsExactlyInAnyOrderElementsOf(fields().toList());
    }

    @ParameterizedTest
    @MethodSource("fields")
    void aFieldIsFixedByBothOrByNeither(String field) {
        TrainObject before = TrainObject.of(Samples.train()).orElseThrow();
        ObjectNode changed = Samples.train();
        ObjectNode value = Samples.yaml("value: " + CHANGES.get(field));
        changed.withObject("/spec").set(field, value.get("value"));
        TrainObject after = TrainObject.of(changed).orElseThrow();
        assertThat(after.document().violations()).isEmpty();

        boolean isFixedByWebhook = !Samples.RULES.update(before, after).isEmpty();
        boolean isFixedByRule = spec().getXKubernetesValidations().stream()
                .map(ValidationRule::getMessage)
                .anyMatch(message -> message.startsWith("spec." + field + " cannot be changed"));

        assertThat(isFixedByRule).isEqualTo(isFixedByWebhook && !WEBHOOK_ALONE.contains(field));
    }

    private static JSONSchemaProps spec() {
        JSONSchemaProps root = CrdManifests.train(true)
                .getSpec()
                .getVersions()
                .get(0)
                .getSchema()
                .getOpenAPIV3Schema();
        return Objects.requireNonNull(root.getProperties().get("spec"));
    }
}

package io.mlengine.backend.k8s.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrdManifestsTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everySchemaIsStructural(boolean cel) {
        for (CustomResourceDefinition definition : CrdManifests.all(cel)) {
            walk("", schema(definition), (path, schema) -> {
                boolean isUntyped = Boolean.TRUE.equals(schema.getXKubernetesPreserveUnknownFields())
                        || Boolean.TRUE.equals(schema.getXKubernetesIntOrString());
                assertThat(schema.getType() != null || isUntyped).as(path).isTrue();
                assertThat(schema.getProperties().isEmpty() || "object".equals(schema.getType()))
                        .as(path)
                        .isTrue();
                assertThat(schema.getProperties().isEmpty() || schema.getAdditionalProperties() == null)
                        .as(path)
                        .isTrue();
                assertThat(schema.getAnyOf()).as(path).isEmpty();
            });
        }
    }

    @Test
    void everyFieldIsDescribed() {
        for (CustomResourceDefinition definition : CrdManifests.all(false)) {
            walk("", schema(definition), (path, schema) -> {
                boolean isField = !path.isEmpty() && !path.endsWith("[]") && !path.equals(".metadata");
                assertThat(!isField || schema.getDescription() != null).as(path).isTrue();
            });
        }
    }

    @Test
    void onlyPlainValuesOfSpecAndRolesHaveDefaults() {
        StringBuilder defaults = new StringBuilder();
        walk("", schema(CrdManifests.train(false)), (path, schema) -> {
            if (schema.getDefault() != null) {
                defaults.append(path).append('=').append(schema.getDefault()).append(' ');
            }
        });

        assertThat(defaults.toString().trim().split(" "))
                .containsExactlyInAnyOrder(
                        ".spec.queue=\"default\"",
                        ".spec.priority=0",
                        ".spec.preemptible=true",
                        ".spec.roles[].replicas=1",
                        ".spec.roles[].critical=true",
                        ".spec.roles[].tracked=true");
    }

    @Test
    void rulesForNewServersLetWishesAndSizesChange() {
        List<String> messages =
                rules(true).stream().map(ValidationRule::getMessage).toList();

        assertThat(messages)
                .contains("spec.framework cannot be changed: submit a new job")
                .contains("spec.queue cannot be changed: submit a new job")
                .contains("a cancel cannot be taken back: submit a new job")
                .noneMatch(message -> message.contains("spec.desired")
                        || message.contains("spec.replicas")
                        || message.contains("spec.roles"));
        assertThat(rules(false)).isEmpty();
    }

    private static List<ValidationRule> rules(boolean cel) {
        JSONSchemaProps root = schema(CrdManifests.train(cel));
        return Objects.requireNonNull(root.getProperties().get("spec")).getXKubernetesValidations();
    }

    private static JSONSchemaProps schema(CustomResourceDefinition definition) {
        return definition.getSpec().getVersions().get(0).getSchema().getOpenAPIV3Schema();
    }

    private static void walk(String path, JSONSchemaProps schema, BiConsumer<String, JSONSchemaProps> visit) {
        visit.accept(path, schema);
        schema.getProperties().forEach((name, property) -> walk(path + "." + name, property, visit));
        if (schema.getItems() != null) {
            walk(path + "[]", schema.getItems().getSchema(), visit);
        }
        if (schema.getAdditionalProperties() != null) {
            walk(path + "[]", schema.getAdditionalProperties().getSchema(), visit);
        }
    }
}

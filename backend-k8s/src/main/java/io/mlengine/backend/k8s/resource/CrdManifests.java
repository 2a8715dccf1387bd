package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceSubresources;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceSubresourcesBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.CustomResource;
import io.mlengine.core.admission.Frameworks;
import io.mlengine.core.admission.Limits;
import io.mlengine.core.document.JsonSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The definitions of the engine's resources, made from the job document's field table and from the models here. */
public final class CrdManifests {
    private static final ObjectMapper JSON = new ObjectMapper();

    private CrdManifests() {}

    /**
     * All definitions, to be applied in this order.
     *
     * @param cel whether to add rules that servers before 1.25 do not know
     * @return the definitions; each call makes new objects
     */
    public static List<CustomResourceDefinition> all(boolean cel) {
        return List.of(train(cel), queue(), usage());
    }

    /**
     * The definition of {@code MLTrain}.
     *
     * @param cel whether to add rules that servers before 1.25 do not know
     * @return the definition
     */
    public static CustomResourceDefinition train(boolean cel) {
        JsonNode document = document();
        JsonNode specDocument = document.path("properties").path("spec");
        JSONSchemaProps spec = StructuralSchema.of(specDocument);
        StructuralSchema.addDefaults(specDocument, spec);
        StructuralSchema.addDefaults(
                specDocument.path("properties").path("roles").path("items"),
                Objects.requireNonNull(spec.getProperties().get("roles"))
                        .getItems()
                        .getSchema());
        spec.getProperties().put(MLTrainWish.DESIRED, desired());
        spec.getProperties().put(MLTrainWish.REPLICAS, replicas());
        if (cel) {
            CelRules.addToSpec(spec);
        }
        JSONSchemaProps name = StructuralSchema.of(
                document.path("properties").path("metadata").path("properties").path("name"));
        JSONSchemaProps status = ModelSchema.of(MLTrainStatus.class, "What became of it; written by the engine.");
        return definition(
                new MLTrainResource(),
                root("A training job.", name, spec, status),
                Columns.OF_TRAINS,
                new CustomResourceSubresourcesBuilder()
                        .withNewStatus()
                        .endStatus()
                        .withNewScale()
                        .withSpecReplicasPath(".spec." + MLTrainWish.REPLICAS)
                        .withStatusReplicasPath(".status.scale.replicas")
                        .withLabelSelectorPath(".status.scale.selector")
                        .endScale()
                        .build());
    }

    /**
     * The definition of {@code MLQueue}.
     *
     * @return the definition
     */
    public static CustomResourceDefinition queue() {
        JSONSchemaProps spec = ModelSchema.of(MLQueueSpec.class, "The queue's place and limits.");
        JSONSchemaProps status = ModelSchema.of(MLQueueStatus.class, "What its jobs hold; written by the engine.");
        return definition(
                new MLQueueResource(),
                root("A queue that jobs wait in, and its limits.", name(), spec, status),
                Columns.OF_QUEUES,
                new CustomResourceSubresourcesBuilder()
                        .withNewStatus()
                        .endStatus()
                        .build());
    }

    /**
     * The definition of {@code MLUsage}.
     *
     * @return the definition
     */
    public static CustomResourceDefinition usage() {
        JSONSchemaProps spec = ModelSchema.of(MLUsageSpec.class, "Written by the engine; the job may be gone.");
        JSONSchemaProps root = root("What one attempt of a job held.", null, spec, null);
        return definition(new MLUsageResource(), root, Columns.OF_USAGES, null);
    }

    private static CustomResourceDefinition definition(
            CustomResource<?, ?> resource,
            JSONSchemaProps schema,
            List<CustomResourceColumnDefinition> columns,
            @Nullable CustomResourceSubresources subresources) {
        return new CustomResourceDefinitionBuilder()
                .withNewMetadata()
                .withName(resource.getCRDName())
                .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
                .endMetadata()
                .withNewSpec()
                .withGroup(resource.getGroup())
                .withScope(resource.getScope())
                .withNewNames()
                .withKind(resource.getKind())
                .withListKind(resource.getKind() + "List")
                .withPlural(resource.getPlural())
                .withSingular(resource.getKind().toLowerCase(Locale.ROOT))
                .withShortNames(CustomResource.getShortNames(resource.getClass()))
                .withCategories(CustomResource.getCategories(resource.getClass()))
                .endNames()
                .addNewVersion()
                .withName(resource.getVersion())
                .withServed(true)
                .withStorage(true)
                .withAdditionalPrinterColumns(columns)
                .withSubresources(subresources)
                .withNewSchema()
                .withOpenAPIV3Schema(schema)
                .endSchema()
                .endVersion()
                .endSpec()
                .build();
    }

    private static JSONSchemaProps root(
            String description,
            @Nullable JSONSchemaProps name,
            JSONSchemaProps spec,
            @Nullable JSONSchemaProps status) {
        JSONSchemaProps metadata = text("object", null);
        if (name != null) {
            metadata.setProperties(Map.of("name", name));
        }
        Map<String, JSONSchemaProps> properties = new LinkedHashMap<>();
        properties.put("apiVersion", text("string", "Version of this form of the object."));
        properties.put("kind", text("string", "Kind of the object."));
        properties.put("metadata", metadata);
        properties.put("spec", spec);
        if (status != null) {
            properties.put("status", status);
        }
        JSONSchemaProps root = text("object", description);
        root.setProperties(properties);
        root.setRequired(List.of("spec"));
        return root;
    }

    private static JSONSchemaProps desired() {
        JSONSchemaProps desired = text(
                "string",
                "Whether it shall run: Run, Suspend (its pods are stopped, it can run again) or Cancel (it ends). "
                        + "Without it the run policy's `suspend` counts.");
        desired.setEnum(
                MLTrainWish.words().stream().<JsonNode>map(TextNode::valueOf).toList());
        return desired;
    }

    private static JSONSchemaProps replicas() {
        JSONSchemaProps replicas = text(
                "integer",
                "Size of the only role that is elastic (has minReplicas or maxReplicas), for kubectl scale and "
                        + "autoscalers; wins over the role's own `replicas`. Refused when not exactly one role is elastic.");
        replicas.setMinimum(1.0);
        replicas.setMaximum((double) Limits.MOST_REPLICAS);
        return replicas;
    }

    /** A queue's name is the value of a label. */
    private static JSONSchemaProps name() {
        JSONSchemaProps name = text("string", "Name of the queue.");
        name.setMaxLength((long) Limits.DNS_LABEL);
        return name;
    }

    private static JSONSchemaProps text(String type, @Nullable String description) {
        JSONSchemaProps schema = new JSONSchemaProps();
        schema.setType(type);
        schema.setDescription(description);
        return schema;
    }

    private static JsonNode document() {
        try {
            return JSON.readTree(JsonSchema.of(Frameworks.NONE));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the document's schema is no JSON", e);
        }
    }
}

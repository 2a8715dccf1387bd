package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.mlengine.core.document.DocumentResult;
import io.mlengine.core.document.TrainDocument;
import io.mlengine.core.job.MLTrain;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Leads from {@code MLTrain} objects to the document that every backend reads, and back. The object's spec is the
 * document's spec, with the fields of {@link MLTrainWish} besides.
 */
public final class MLTrainDocuments {
    /** kubectl's copy of what was applied: long, and about the object, not the job. */
    private static final Set<String> FOREIGN_ANNOTATIONS = Set.of("kubectl.kubernetes.io/last-applied-configuration");

    private static final ObjectMapper JSON = new ObjectMapper();

    private MLTrainDocuments() {}

    /**
     * Reads the job of an object, strictly; never throws for what the object holds.
     *
     * @param resource an object as the API server gives it
     * @return the job with everything that is wrong with it, admission's rules excepted
     */
    public static DocumentResult read(MLTrainResource resource) {
        DocumentResult result =
                TrainDocument.parse(file(resource), json(resource)).read();
        return result.with(MLTrainWish.violations(resource, result.train()));
    }

    /**
     * Writes the document of an object, which is what {@code mlengine run} reads.
     *
     * @param resource an object as the API server gives it
     * @return JSON
     */
    public static String json(MLTrainResource resource) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("apiVersion", resource.getApiVersion());
        document.put("kind", resource.getKind());
        document.set("metadata", metadata(resource.getMetadata()));
        if (resource.getSpec() != null) {
            ObjectNode spec = resource.getSpec().deepCopy();
            spec.remove(MLTrainWish.FIELDS);
            document.set("spec", spec);
        }
        return document.toString();
    }

    /**
     * Makes the object of a job.
     *
     * @param train the job
     * @return an object to be created; what equals its default is left out
     */
    public static MLTrainResource resource(MLTrain train) {
        JsonNode spec = JSON.valueToTree(TrainDocument.tree(train).get("spec"));
        MLTrainResource resource = new MLTrainResource();
        resource.setMetadata(new ObjectMetaBuilder()
                .withName(train.name())
                .withNamespace(train.namespace())
                .withLabels(train.labels())
                .withAnnotations(train.annotations())
                .build());
        resource.setSpec((ObjectNode) spec);
        return resource;
    }

    private static String file(MLTrainResource resource) {
        ObjectMeta metadata = resource.getMetadata();
        return metadata.getNamespace() == null
                ? String.valueOf(metadata.getName())
                : metadata.getNamespace() + "/" + metadata.getName();
    }

    private static ObjectNode metadata(ObjectMeta from) {
        ObjectNode metadata = JsonNodeFactory.instance.objectNode();
        if (from.getName() != null) {
            metadata.put("name", from.getName());
        }
        if (from.getNamespace() != null) {
            metadata.put("namespace", from.getNamespace());
        }
        putTexts(metadata, "labels", from.getLabels());
        Map<String, String> annotations = new TreeMap<>();
        if (from.getAnnotations() != null) {
            annotations.putAll(from.getAnnotations());
        }
        annotations.keySet().removeAll(FOREIGN_ANNOTATIONS);
        putTexts(metadata, "annotations", annotations);
        return metadata;
    }

    private static void putTexts(ObjectNode metadata, String name, @Nullable Map<String, String> texts) {
        if (texts != null && !texts.isEmpty()) {
            ObjectNode node = metadata.putObject(name);
            new TreeMap<>(texts).forEach(node::put);
        }
    }
}

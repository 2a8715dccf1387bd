package io.mlengine.backend.k8s.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.core.document.DocumentResult;
import io.mlengine.core.job.MLTrain;
import java.util.Optional;

/**
 * An {@code MLTrain} object as the API server shows it.
 *
 * @param json the object
 * @param resource the object, without status
 * @param document what its spec says
 */
record TrainObject(JsonNode json, MLTrainResource resource, DocumentResult document) {
    // As long as the suffix that the API server will make.
    private static final String GENERATED = "xxxxx";

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Reads an object.
     *
     * @param json the object
     * @return the object, or empty when it has not the form of one: then the server's own schema refuses it
     */
    static Optional<TrainObject> of(JsonNode json) {
        if (!(json.deepCopy() instanceof ObjectNode copy) || !(copy.path("metadata") instanceof ObjectNode metadata)) {
            return Optional.empty();
        }
        copy.remove("status");
        metadata.remove("managedFields");
        // The API server makes the name later.
        if (!metadata.has("name") && metadata.has("generateName")) {
            metadata.put("name", metadata.path("generateName").asText() + GENERATED);
        }
        try {
            MLTrainResource resource = JSON.treeToValue(copy, MLTrainResource.class);
            return Optional.of(new TrainObject(json, resource, MLTrainDocuments.read(resource)));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    String name() {
        return Optional.ofNullable(resource.getMetadata().getName()).orElse("");
    }

    Optional<MLTrain> train() {
        return document.train();
    }

    /** The word of its phase; empty before the engine has seen it. */
    String phase() {
        return json.at("/status/phase").asText("");
    }

    /** The word of the user's wish, as written. */
    String desired() {
        return json.at("/spec/desired").asText("");
    }

    /** Who submitted it, as recorded; empty when nothing is. */
    Optional<String> user() {
        return Optional.ofNullable(resource.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(Submitter.ANNOTATION));
    }
}

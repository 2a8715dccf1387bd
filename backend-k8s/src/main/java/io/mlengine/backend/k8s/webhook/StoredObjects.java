package io.mlengine.backend.k8s.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.resource.ApiPaths;
import io.mlengine.backend.k8s.resource.MLQueueResource;
import io.mlengine.backend.k8s.resource.MLQueues;
import io.mlengine.core.queue.QueueConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the API server has stored, where a question does not hold all that a decision needs. Blocks. */
final class StoredObjects {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KubernetesClient client;

    StoredObjects(KubernetesClient client) {
        this.client = client;
    }

    /** A job's object, or empty when there is none. */
    Optional<JsonNode> train(String namespace, String name) {
        String found = client.raw(ApiPaths.train(namespace, name));
        try {
            return found == null ? Optional.empty() : Optional.of(JSON.readTree(found));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the API server answered with what is no JSON", e);
        }
    }

    /** All queues that can be read; the engine leaves out the others too. */
    List<QueueConfig> queues() {
        List<QueueConfig> queues = new ArrayList<>();
        for (MLQueueResource queue :
                client.resources(MLQueueResource.class).list().getItems()) {
            MLQueues.read(queue).ifPresent(queues::add);
        }
        return queues;
    }
}

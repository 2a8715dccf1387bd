package io.mlengine.backend.k8s.store;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.resource.ApiPaths;
import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import java.util.Optional;

/** Reads single objects, and says that one is gone only when the API server says so of this very object. */
final class TrainReader {
    private static final int NOT_FOUND = 404;

    private final KubernetesClient client;

    TrainReader(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Reads the object of a job; blocks.
     *
     * @return the object; empty when it is gone, also when another one has its name
     * @throws KubernetesClientException when nothing is known of it, for example while its kind is not served
     */
    Optional<MLTrainResource> read(TrainEntry entry) {
        try {
            // The client's own get() takes every 404 for a missing object.
            String json = client.raw(ApiPaths.train(entry.namespace(), entry.name()), "GET", null);
            MLTrainResource read = client.getKubernetesSerialization().unmarshal(json, MLTrainResource.class);
            return Optional.of(read).filter(now -> now.getMetadata().getUid().equals(JobIds.uid(entry.job())));
        } catch (KubernetesClientException e) {
            if (isAbout(e, entry.name())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** A server that does not know the kind, or not yet, answers 404 as well, but names no object. */
    static boolean isAbout(KubernetesClientException answer, String name) {
        Status status = answer.getStatus();
        return answer.getCode() == NOT_FOUND
                && status != null
                && status.getDetails() != null
                && name.equals(status.getDetails().getName());
    }
}

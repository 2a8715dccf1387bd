package io.mlengine.backend.k8s.store;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.core.document.RecordDocument;
import io.mlengine.core.store.JobStore.Committed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes {@code MLTrain} objects; blocks while it does. A status is written only over the one that was seen: where the
 * object changed meanwhile it is read again, and the write goes on if the record in it is still the expected one.
 */
final class TrainWriter {
    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;
    private static final int TRIES = 5;

    private final KubernetesClient client;

    TrainWriter(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Writes a status.
     *
     * @param expected version of the record that must be there, 0 for none
     * @throws KubernetesClientException when nothing is known of the write, or the server refused it
     */
    Committed write(TrainEntry entry, MLTrainStatus status, long expected) {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            try {
                MLTrainResource stored = object(entry, status).updateStatus();
                entry.wrote(stored.getMetadata().getResourceVersion(), status);
                return Committed.OK;
            } catch (KubernetesClientException e) {
                if (e.getCode() == NOT_FOUND) {
                    return Committed.OK;
                }
                if (e.getCode() != CONFLICT) {
                    throw e;
                }
                Optional<Committed> answer = look(entry, status, expected);
                if (answer.isPresent()) {
                    return answer.get();
                }
            }
        }
        throw new KubernetesClientException(
                "the object of " + entry.job() + " changed " + TRIES + " times while its status was written");
    }

    /** What became of a write that met a change; empty when it has to be tried again. */
    private Optional<Committed> look(TrainEntry entry, MLTrainStatus status, long expected) {
        MLTrainResource now = trains(entry).get();
        if (now == null || !now.getMetadata().getUid().equals(JobIds.uid(entry.job()))) {
            return Optional.of(Committed.OK);
        }
        entry.seen(now);
        String record = now.getStatus() == null ? null : now.getStatus().record();
        if (record != null && record.equals(status.record())) {
            entry.wrote(now.getMetadata().getResourceVersion(), status);
            return Optional.of(Committed.OK);
        }
        long version = record == null ? 0 : RecordDocument.read(record).version();
        return version == expected ? Optional.empty() : Optional.of(Committed.CONFLICT);
    }

    /** Sees to it that the object stays until {@link #letGo}. */
    void hold(TrainEntry entry) {
        if (!entry.hasFinalizer() && !entry.isDeleting()) {
            finalizer(entry, true);
        }
    }

    /** Lets the object go, and ends it when nobody has asked for that yet. */
    void letGo(TrainEntry entry) {
        if (!isThere(entry)) {
            return;
        }
        if (!entry.isDeleting()) {
            trains(entry).delete();
            if (!isThere(entry)) {
                return;
            }
        }
        if (entry.hasFinalizer()) {
            finalizer(entry, false);
        }
    }

    private boolean isThere(TrainEntry entry) {
        MLTrainResource now = trains(entry).get();
        boolean same = now != null && now.getMetadata().getUid().equals(JobIds.uid(entry.job()));
        if (same) {
            entry.seen(now);
        }
        return same;
    }

    private void finalizer(TrainEntry entry, boolean present) {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            List<String> finalizers = new ArrayList<>(entry.finalizers());
            finalizers.remove(Labels.FINALIZER);
            if (present) {
                finalizers.add(Labels.FINALIZER);
            }
            String patch = client.getKubernetesSerialization()
                    .asJson(Map.of(
                            "metadata", Map.of("resourceVersion", entry.resourceVersion(), "finalizers", finalizers)));
            try {
                entry.seen(trains(entry).patch(PatchContext.of(PatchType.JSON_MERGE), patch));
                return;
            } catch (KubernetesClientException e) {
                if (e.getCode() == NOT_FOUND) {
                    return;
                }
                if (e.getCode() != CONFLICT || attempt == TRIES - 1) {
                    throw e;
                }
                if (!isThere(entry)) {
                    return;
                }
            }
        }
    }

    private Resource<MLTrainResource> trains(TrainEntry entry) {
        return client.resources(MLTrainResource.class)
                .inNamespace(entry.namespace())
                .withName(entry.name());
    }

    private Resource<MLTrainResource> object(TrainEntry entry, MLTrainStatus status) {
        MLTrainResource object = new MLTrainResource();
        object.setMetadata(new ObjectMetaBuilder()
                .withName(entry.name())
                .withNamespace(entry.namespace())
                .withUid(JobIds.uid(entry.job()))
                .withResourceVersion(entry.resourceVersion())
                .build());
        object.setStatus(status);
        return client.resource(object);
    }
}

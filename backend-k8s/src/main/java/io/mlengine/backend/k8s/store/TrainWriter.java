package io.mlengine.backend.k8s.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mlengine.backend.k8s.cluster.ExactDeletion;
import io.mlengine.backend.k8s.resource.ApiPaths;
import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLTrainCondition;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.core.store.JobStore.Committed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes {@code MLTrain} objects; blocks while it does. A status is written only over the expected record, and finalizers
 * over those that were seen; what else changes in an object is no matter.
 */
final class TrainWriter {
    private static final Logger LOG = LoggerFactory.getLogger(TrainWriter.class);
    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;
    /** What a patch does not apply to, but also what is invalid. */
    private static final int UNPROCESSABLE = 422;

    private static final int TRIES = 3;
    private static final PatchContext PATCH = PatchContext.of(PatchType.JSON);

    private final KubernetesClient client;
    private final TrainReader reader;

    TrainWriter(KubernetesClient client, TrainReader reader) {
        this.client = client;
        this.reader = reader;
    }

    /**
     * Writes a status.
     *
     * @param expected version of the record that must be there, 0 for none
     * @throws KubernetesClientException when nothing is known of the write, or the server refused it
     */
    Committed write(TrainEntry entry, MLTrainStatus status, long expected) {
        JsonNode json = client.getKubernetesSerialization().convertValue(status, JsonNode.class);
        for (int attempt = 1; ; attempt++) {
            if (entry.recordVersion() != expected) {
                return look(entry, status);
            }
            try {
                ArrayNode patch = TrainPatches.status(entry, json, expected);
                MLTrainResource stored = train(entry).subresource("status").patch(PATCH, patch.toString());
                entry.wrote(stored.getMetadata().getResourceVersion(), status);
                return Committed.OK;
            } catch (KubernetesClientException e) {
                if (isGone(entry, e, attempt)) {
                    return Committed.OK;
                }
            }
        }
    }

    /**
     * What a refusal means; the object is read again.
     *
     * @return true if the object is gone, false if it has changed and the write makes sense again
     * @throws KubernetesClientException when the refusal means something else or came too often, or nothing is known of
     *     the object
     */
    private boolean isGone(TrainEntry entry, KubernetesClientException refusal, int attempt) {
        boolean hasChanged =
                refusal.getCode() == UNPROCESSABLE || refusal.getCode() == CONFLICT || refusal.getCode() == NOT_FOUND;
        if (!hasChanged || attempt == TRIES) {
            throw refusal;
        }
        return !isThere(entry);
    }

    /** Another record than expected is there: maybe this very one, whose write was answered with an error. */
    private Committed look(TrainEntry entry, MLTrainStatus status) {
        MLTrainResource now = reader.read(entry).orElse(null);
        if (now == null) {
            return Committed.OK;
        }
        boolean same = now.getStatus() != null
                && now.getStatus().record() != null
                && now.getStatus().record().equals(status.record());
        if (!same) {
            LOG.warn(
                    "another record is stored than expected: job={} known={} stored={} writing={}",
                    entry.job(),
                    entry.recordVersion(),
                    now.getStatus() == null ? null : now.getStatus().recordVersion(),
                    status.recordVersion());
            return Committed.CONFLICT;
        }
        entry.wrote(now.getMetadata().getResourceVersion(), status);
        return Committed.OK;
    }

    /**
     * Shows a condition in a status that is not written otherwise.
     *
     * @param seen the object, whose record must still be the same
     * @param type which condition
     * @return true
     * @throws KubernetesClientException when it has changed, or the server refused the write
     */
    boolean condition(TrainEntry entry, MLTrainResource seen, String type, MLTrainCondition condition) {
        JsonNode json = client.getKubernetesSerialization().convertValue(condition, JsonNode.class);
        ArrayNode patch = TrainPatches.condition(entry, seen, type, json);
        train(entry).subresource("status").patch(PATCH, patch.toString());
        return true;
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
            ExactDeletion.ask(client, ApiPaths.train(entry.namespace(), entry.name()), JobIds.uid(entry.job()));
            if (!isThere(entry)) {
                return;
            }
        }
        if (entry.hasFinalizer()) {
            finalizer(entry, false);
        }
    }

    private boolean isThere(TrainEntry entry) {
        Optional<MLTrainResource> now = reader.read(entry);
        now.ifPresent(entry::seen);
        return now.isPresent();
    }

    private void finalizer(TrainEntry entry, boolean present) {
        for (int attempt = 1; ; attempt++) {
            List<String> finalizers = new ArrayList<>(entry.finalizers());
            finalizers.remove(Labels.FINALIZER);
            if (present) {
                finalizers.add(Labels.FINALIZER);
            }
            try {
                ArrayNode patch = TrainPatches.finalizers(entry, finalizers);
                entry.seen(train(entry).patch(PATCH, patch.toString()));
                return;
            } catch (KubernetesClientException e) {
                if (isGone(entry, e, attempt)) {
                    return;
                }
            }
        }
    }

    /** By an object, not by its name: before it patches what it knows only the name of, the client reads it. */
    private Resource<MLTrainResource> train(TrainEntry entry) {
        MLTrainResource named = new MLTrainResource();
        named.setMetadata(new ObjectMetaBuilder()
                .withNamespace(entry.namespace())
                .withName(entry.name())
                .build());
        return client.resource(named);
    }
}

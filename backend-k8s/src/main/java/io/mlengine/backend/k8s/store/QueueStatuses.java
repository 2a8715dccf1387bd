package io.mlengine.backend.k8s.store;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mlengine.backend.k8s.cluster.ApiAnswer;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLQueueResource;
import io.mlengine.backend.k8s.resource.MLQueueStatus;
import io.mlengine.backend.k8s.resource.MLQueues;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.queue.QueueBook;
import io.mlengine.core.queue.QueueFigures;
import io.mlengine.spi.model.JobId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows in the status of each {@code MLQueue} what its jobs hold and how many wait. A status is written when its figures
 * have changed, at most once for each look; what others write there stays until then. Safe for any thread.
 */
final class QueueStatuses {
    private static final Logger LOG = LoggerFactory.getLogger(QueueStatuses.class);
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(Labels.MANAGER)
            .withForce(true)
            .build();

    private final KubernetesClient client;
    private final Supplier<List<MLQueueResource>> queues;
    private final Leadership leadership;
    private final Executor writers;
    private final QueueBook book = new QueueBook();
    /** By uid; used by one write at a time. */
    private final Map<String, MLQueueStatus> written = new HashMap<>();

    private boolean hasChanged;
    private boolean isWriting;

    /**
     * Statuses that nobody writes before the first look.
     *
     * @param queues the objects that are known now
     */
    QueueStatuses(
            KubernetesClient client, Supplier<List<MLQueueResource>> queues, Leadership leadership, Executor writers) {
        this.client = client;
        this.queues = queues;
        this.leadership = leadership;
        this.writers = writers;
    }

    /** These are all jobs that are stored. */
    synchronized void found(Collection<JobRecord> records) {
        records.forEach(book::put);
        hasChanged = true;
    }

    /** A job's newest record is stored. */
    synchronized void stored(JobRecord record) {
        hasChanged |= book.put(record);
    }

    /** A job is gone. */
    synchronized void gone(JobId job) {
        hasChanged |= book.remove(job);
    }

    /** Queues have come, gone or changed. */
    synchronized void queuesChanged() {
        hasChanged = true;
    }

    /** Has written what has changed since the last look; called about once a second. Returns at once. */
    void look() {
        SortedMap<String, QueueFigures> figures;
        List<MLQueueResource> objects = queues.get();
        synchronized (this) {
            if (!hasChanged || isWriting || !leadership.isHeld()) {
                return;
            }
            hasChanged = false;
            isWriting = true;
            figures = book.within(MLQueues.tree(objects));
        }
        writers.execute(() -> {
            boolean isDone = false;
            try {
                isDone = write(objects, figures);
            } finally {
                ended(isDone);
            }
        });
    }

    private synchronized void ended(boolean isDone) {
        isWriting = false;
        hasChanged |= !isDone;
    }

    /** Returns false when something is left to be written. */
    private boolean write(List<MLQueueResource> objects, SortedMap<String, QueueFigures> figures) {
        written.keySet()
                .retainAll(objects.stream()
                        .map(object -> object.getMetadata().getUid())
                        .toList());
        boolean isDone = true;
        for (MLQueueResource object : objects) {
            String name = object.getMetadata().getName();
            QueueFigures own = figures.getOrDefault(name, QueueFigures.NONE);
            try {
                MLQueues.status(object, own).ifPresent(status -> write(object, status));
            } catch (KubernetesClientException e) {
                LOG.debug("the status of a queue could not be written: queue={} error={}", name, e.getMessage());
                isDone = false;
                if (ApiAnswer.of(e) == ApiAnswer.TRANSIENT) {
                    break;
                }
            }
        }
        return isDone;
    }

    private void write(MLQueueResource object, MLQueueStatus status) {
        String uid = object.getMetadata().getUid();
        MLQueueStatus known = written.getOrDefault(uid, object.getStatus());
        if (!leadership.isHeld()) {
            return;
        }
        if (status.equals(known)) {
            written.put(uid, status);
            return;
        }
        MLQueueResource change = new MLQueueResource();
        // The uid lets a queue be that has taken the name meanwhile.
        change.setMetadata(new ObjectMetaBuilder()
                .withName(object.getMetadata().getName())
                .withUid(uid)
                .build());
        change.setStatus(status);
        client.resource(change).subresource("status").patch(APPLY);
        written.put(uid, status);
    }
}

package io.mlengine.backend.k8s.store;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.mlengine.backend.k8s.resource.MLQueueResource;
import io.mlengine.backend.k8s.resource.MLQueues;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.store.JobStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches {@code MLQueue} objects and tells the engine all queues whenever one has changed. */
final class QueueWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QueueWatch.class);

    private final KubernetesClient client;
    private @Nullable SharedIndexInformer<MLQueueResource> informer;
    private List<QueueConfig> told = List.of();

    QueueWatch(KubernetesClient client) {
        this.client = client;
    }

    /** Begins to watch; the queues that are there are told when they have been read. */
    synchronized void start(JobStore.Outside outside) {
        SharedIndexInformer<MLQueueResource> watch = client.resources(MLQueueResource.class)
                .runnableInformer(0)
                .exceptionHandler((isStarted, error) -> {
                    LOG.debug("the watch on queues failed and is made again: error={}", error.toString());
                    return true;
                });
        watch.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(MLQueueResource queue) {
                tell(outside);
            }

            @Override
            public void onUpdate(MLQueueResource before, MLQueueResource queue) {
                tell(outside);
            }

            @Override
            public void onDelete(MLQueueResource queue, boolean isUnseen) {
                tell(outside);
            }
        });
        informer = watch;
        watch.start().whenComplete((done, error) -> tell(outside));
    }

    private synchronized void tell(JobStore.Outside outside) {
        SharedIndexInformer<MLQueueResource> watch = informer;
        if (watch == null || !watch.hasSynced()) {
            return;
        }
        List<QueueConfig> queues = new ArrayList<>();
        for (MLQueueResource queue : watch.getStore().list()) {
            try {
                queues.add(MLQueues.config(queue));
            } catch (IllegalArgumentException e) {
                LOG.warn(
                        "a queue cannot be read and is left out: queue={} error={}",
                        queue.getMetadata().getName(),
                        e.getMessage());
            }
        }
        queues.sort(Comparator.comparing(QueueConfig::name));
        if (!queues.equals(told)) {
            told = queues;
            outside.queues(queues);
        }
    }

    /** Completes, or fails, when the watch has ended; not before it was started. */
    synchronized CompletionStage<?> stopped() {
        SharedIndexInformer<MLQueueResource> watch = informer;
        return watch == null ? new CompletableFuture<>() : watch.stopped();
    }

    @Override
    public synchronized void close() {
        SharedIndexInformer<MLQueueResource> watch = informer;
        if (watch != null) {
            watch.stop();
        }
    }
}

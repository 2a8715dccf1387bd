package io.mlengine.backend.k8s.store;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.mlengine.backend.k8s.cluster.WatchProbes;
import io.mlengine.backend.k8s.cluster.WatchedKind;
import io.mlengine.backend.k8s.resource.MLQueueResource;
import io.mlengine.backend.k8s.resource.MLQueues;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.store.JobStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches {@code MLQueue} objects and tells the engine all queues whenever one has changed. */
final class QueueWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QueueWatch.class);

    private final KubernetesClient client;
    private final WatchProbes probes;
    private final Runnable onChange;
    private @Nullable WatchedKind<MLQueueResource> watch;
    private List<QueueConfig> told = List.of();
    private boolean closed;

    /**
     * @param onChange called when objects have come, gone or changed, their statuses included; must return soon
     */
    QueueWatch(KubernetesClient client, WatchProbes probes, Runnable onChange) {
        this.client = client;
        this.onChange = onChange;
        this.probes = probes;
    }

    /** Begins to watch; the queues that are there are told when they have been read. */
    synchronized void start(JobStore.Outside outside) {
        var queues = client.resources(MLQueueResource.class);
        watch = new WatchedKind<>(begin(queues, outside), () -> begin(queues, outside), probes.of(queues::watch));
    }

    private SharedIndexInformer<MLQueueResource> begin(Informable<MLQueueResource> queues, JobStore.Outside outside) {
        SharedIndexInformer<MLQueueResource> informer = queues.runnableInformer(0)
                .exceptionHandler((isStarted, error) -> {
                    LOG.debug("the watch on queues failed and is made again: error={}", error.toString());
                    return true;
                })
                .addEventHandler(new ResourceEventHandler<>() {
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
        informer.start().whenComplete((done, error) -> tell(outside));
        return informer;
    }

    /** The objects that are known now. */
    synchronized List<MLQueueResource> objects() {
        WatchedKind<MLQueueResource> current = watch;
        return current == null ? List.of() : current.informer().getStore().list();
    }

    /** Looks after the watch; called about once a second. */
    synchronized void look() {
        WatchedKind<MLQueueResource> current = watch;
        if (current != null && !closed) {
            current.look();
        }
    }

    private synchronized void tell(JobStore.Outside outside) {
        WatchedKind<MLQueueResource> current = watch;
        if (current == null || !current.informer().hasSynced()) {
            return;
        }
        onChange.run();
        List<QueueConfig> queues = new ArrayList<>();
        for (MLQueueResource queue : current.informer().getStore().list()) {
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

    @Override
    public synchronized void close() {
        closed = true;
        WatchedKind<MLQueueResource> current = watch;
        if (current != null) {
            current.close();
        }
    }
}

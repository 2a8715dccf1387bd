package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches all pods and nodes of a cluster, and notices when it cannot: a watch that has broken is made again, and one
 * that stays broken makes the feed blind until both are whole again. {@link #look} is called about once a second.
 */
final class ClusterFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterFeed.class);

    /** What the feed tells; each call from one thread at a time, but changes and health from different ones. */
    interface Listener {
        /** A pod is there or has changed. */
        void changed(Pod pod);

        /** A pod is gone; what is given is the last that is known of it. */
        void gone(Pod last);

        /** A node has come, changed or gone. */
        void nodesChanged();

        /** The feed sees everything: what it lists is what there is. */
        void sees();

        /** The feed has seen nothing for longer than may be. */
        void isBlind(String reason);
    }

    private final KubernetesClient client;
    private final Listener listener;
    private final Duration patience;
    private final InstantSource clock;
    private @Nullable SharedIndexInformer<Pod> pods;
    private @Nullable SharedIndexInformer<Node> nodes;
    private boolean isSeeing;
    private boolean isToldBlind;
    private boolean closed;
    private @Nullable Instant blindSince;

    ClusterFeed(KubernetesClient client, Listener listener, Duration patience, InstantSource clock) {
        this.client = client;
        this.listener = listener;
        this.patience = patience;
        this.clock = clock;
    }

    /** Begins to watch. */
    synchronized void start() {
        blindSince = clock.instant();
        pods = informer(client.pods().inAnyNamespace(), Trimmed::of, podHandler());
        nodes = informer(client.nodes(), Trimmed::of, new NodeHandler(listener::nodesChanged));
    }

    private <T extends HasMetadata> SharedIndexInformer<T> informer(
            Informable<T> source, UnaryOperator<T> trim, ResourceEventHandler<T> handler) {
        SharedIndexInformer<T> informer = source.runnableInformer(0)
                .itemStore(new TrimmedStore<>(trim))
                .removeNamespaceIndex()
                .exceptionHandler((isStarted, error) -> {
                    LOG.debug("a watch failed and is made again cause={}", error.toString());
                    return true;
                })
                .addEventHandler(handler);
        informer.start().whenComplete((unused, error) -> look());
        return informer;
    }

    private ResourceEventHandler<Pod> podHandler() {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(Pod pod) {
                guarded(() -> listener.changed(pod));
            }

            @Override
            public void onUpdate(Pod before, Pod pod) {
                guarded(() -> listener.changed(pod));
            }

            @Override
            public void onDelete(Pod pod, boolean isUnseen) {
                guarded(() -> listener.gone(pod));
            }
        };
    }

    private static void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("cannot take note of a change in the cluster", e);
        }
    }

    /** Checks whether both watches are alive, and tells what has changed. */
    void look() {
        Runnable news = news();
        if (news != null) {
            guarded(news);
        }
    }

    private synchronized @Nullable Runnable news() {
        if (closed || pods == null || nodes == null) {
            return null;
        }
        pods = again(pods, () -> informer(client.pods().inAnyNamespace(), Trimmed::of, podHandler()));
        nodes = again(nodes, () -> informer(client.nodes(), Trimmed::of, new NodeHandler(listener::nodesChanged)));
        if (isWhole(pods) && isWhole(nodes)) {
            blindSince = null;
            if (!isSeeing) {
                isSeeing = true;
                isToldBlind = false;
                return listener::sees;
            }
            return null;
        }
        Instant since = blindSince;
        Instant now = clock.instant();
        if (since == null) {
            blindSince = now;
        } else if (!isToldBlind && Duration.between(since, now).compareTo(patience) > 0) {
            isToldBlind = true;
            isSeeing = false;
            return () -> listener.isBlind("the API server has not been heard for " + patience.toSeconds() + " s");
        }
        return null;
    }

    private static <T> SharedIndexInformer<T> again(
            SharedIndexInformer<T> informer, Supplier<SharedIndexInformer<T>> another) {
        if (informer.stopped().toCompletableFuture().isDone()) {
            LOG.warn(
                    "a watch has died and is begun anew of={}",
                    informer.getApiTypeClass().getSimpleName());
            return another.get();
        }
        return informer;
    }

    private static boolean isWhole(SharedIndexInformer<?> informer) {
        return informer.hasSynced() && informer.isWatching();
    }

    /** All pods that are known now, trimmed. */
    List<Pod> pods() {
        SharedIndexInformer<Pod> current = informerOfPods();
        return current == null ? List.of() : current.getStore().list();
    }

    /** All nodes that are known now, trimmed. */
    synchronized List<Node> nodes() {
        SharedIndexInformer<Node> current = nodes;
        return current == null ? List.of() : current.getStore().list();
    }

    /** Whether a node is known now. */
    synchronized boolean isNode(String name) {
        SharedIndexInformer<Node> current = nodes;
        return current != null && current.getStore().getByKey(name) != null;
    }

    /** Up to which change the pods are known; 0 before the first list. */
    long podsKnownUpTo() {
        SharedIndexInformer<Pod> current = informerOfPods();
        return current == null ? 0 : Revisions.of(current.lastSyncResourceVersion());
    }

    private synchronized @Nullable SharedIndexInformer<Pod> informerOfPods() {
        return pods;
    }

    @Override
    public synchronized void close() {
        closed = true;
        stop(pods);
        stop(nodes);
    }

    private static void stop(@Nullable SharedIndexInformer<?> informer) {
        if (informer != null) {
            informer.stop();
        }
    }

    /** Any change of any node is the same to us. */
    private record NodeHandler(Runnable changed) implements ResourceEventHandler<Node> {
        @Override
        public void onAdd(Node node) {
            changed.run();
        }

        @Override
        public void onUpdate(Node before, Node node) {
            changed.run();
        }

        @Override
        public void onDelete(Node node, boolean isUnseen) {
            changed.run();
        }
    }
}

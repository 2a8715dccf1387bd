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
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches all pods and nodes of a cluster, and notices when it cannot: a watch that has broken is made again, and one
 * that stays broken, or has missed something, makes the feed blind until both are whole again. {@link #look} is called
 * about once a second.
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
    private final WatchProbes probes;
    private volatile @Nullable WatchedKind<Pod> pods;
    private volatile @Nullable WatchedKind<Node> nodes;
    private boolean isSeeing;
    private boolean isToldBlind;
    private boolean closed;
    private @Nullable Instant blindSince;

    /**
     * Prepares a feed.
     *
     * @param probes makes the probes of its watches; for as long as they are patient, the server may be silent
     */
    ClusterFeed(KubernetesClient client, Listener listener, WatchProbes probes) {
        this.client = client;
        this.listener = listener;
        this.patience = probes.patience();
        this.clock = probes.clock();
        this.probes = probes;
    }

    /** Begins to watch. */
    synchronized void start() {
        blindSince = clock.instant();
        pods = new WatchedKind<>(
                () -> informer(client.pods().inAnyNamespace(), Trimmed::of, podHandler()),
                probes.of(client.pods().inAnyNamespace()::watch));
        nodes = new WatchedKind<>(
                () -> informer(client.nodes(), Trimmed::of, new NodeHandler(listener::nodesChanged)),
                probes.of(client.nodes()::watch));
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
        EnumSet<WatchedKind.Look> looks = EnumSet.of(pods.look(), nodes.look());
        // What was deleted meanwhile is seen only when everything is compared.
        isSeeing &= !looks.contains(WatchedKind.Look.BEGUN_ANEW) && !looks.contains(WatchedKind.Look.HAS_MISSED);
        if (looks.contains(WatchedKind.Look.HAS_MISSED)) {
            isToldBlind = true;
            return () -> listener.isBlind("a watch has not told what has happened; it is begun anew");
        }
        if (pods.isWhole() && nodes.isWhole()) {
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

    /** All pods that are known now, trimmed. */
    List<Pod> pods() {
        SharedIndexInformer<Pod> current = informerOfPods();
        return current == null ? List.of() : current.getStore().list();
    }

    /** All nodes that are known now, trimmed. */
    synchronized List<Node> nodes() {
        WatchedKind<Node> current = nodes;
        return current == null ? List.of() : current.informer().getStore().list();
    }

    /** A node as it is known now; never blocks. */
    Optional<Node> node(String name) {
        WatchedKind<Node> current = nodes;
        return Optional.ofNullable(
                current == null ? null : current.informer().getStore().getByKey(name));
    }

    /** Up to which change the pods are known; 0 before the first list. */
    long podsKnownUpTo() {
        SharedIndexInformer<Pod> current = informerOfPods();
        return current == null ? 0 : Revisions.of(current.lastSyncResourceVersion());
    }

    private synchronized @Nullable SharedIndexInformer<Pod> informerOfPods() {
        WatchedKind<Pod> current = pods;
        return current == null ? null : current.informer();
    }

    @Override
    public synchronized void close() {
        closed = true;
        stop(pods);
        stop(nodes);
    }

    private static void stop(@Nullable WatchedKind<?> kind) {
        if (kind != null) {
            kind.close();
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

package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.pod.HostPorts;
import io.mlengine.backend.k8s.pod.Nodes;
import io.mlengine.spi.backend.BackendEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what is seen of the cluster into the reports of the backend, in the order that the engine relies on. */
final class Reporting implements ClusterFeed.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reporting.class);
    private static final Duration NODES_DELAY = Duration.ofMillis(100);
    private static final Duration GANGS_DELAY = Duration.ofMillis(100);

    private final ClusterFeed feed;
    private final Replicas replicas;
    private final NodeReports nodes;
    private final ForeignGangs gangs;
    private final Batched nodesLater;
    private final Batched gangsLater;
    private final Consumer<BackendEvent> sink;

    Reporting(
            KubernetesClient client,
            ClusterSettings settings,
            Replicas replicas,
            NodeReports nodes,
            ForeignGangs gangs,
            Consumer<BackendEvent> sink,
            Threads threads) {
        this.feed = new ClusterFeed(
                client, this, new WatchProbes(settings.stalePatience(), threads.workers(), settings.clock()));
        this.replicas = replicas;
        this.nodes = nodes;
        this.gangs = gangs;
        this.sink = sink;
        this.nodesLater =
                new Batched(threads.timers(), NODES_DELAY, () -> nodes.report(feed::nodes, feed::pods, false));
        // A pod that comes after a node is cordoned must not be given that node.
        this.gangsLater = Batched.after(nodesLater, threads.timers(), GANGS_DELAY, gangs::tell);
    }

    void start() {
        replicas.cordoned(name -> feed.node(name).filter(Nodes::isCordoned).isPresent());
        feed.start();
    }

    /** A node as it is known now, if it is there. */
    Optional<Node> node(String name) {
        return feed.node(name);
    }

    /** The labels of a node, if it is there. */
    Optional<SortedMap<String, String>> labels(String node) {
        return node(node)
                .map(there ->
                        Optional.ofNullable(there.getMetadata().getLabels()).orElse(Map.of()))
                .map(TreeMap::new);
    }

    /** Checks whether the cluster is seen; called about once a second. */
    void look() {
        feed.look();
    }

    @Override
    public void changed(Pod pod) {
        if (replicas.idOf(pod).isPresent()) {
            replicas.changed(pod);
        } else if (gangs.isMember(pod)) {
            gangs.changed(pod);
            gangsLater.request();
            if (isSeenOnNodes(pod)) {
                nodesLater.request();
            }
        } else {
            nodesLater.request();
        }
    }

    @Override
    public void gone(Pod last) {
        boolean isOurs = replicas.idOf(last).isPresent();
        replicas.gone(last);
        if (gangs.isMember(last)) {
            gangs.gone(last);
            gangsLater.request();
            if (isSeenOnNodes(last)) {
                nodesLater.request();
            }
        } else if (!isOurs) {
            nodesLater.request();
        }
    }

    /** Whether what a node has for us depends on a member. */
    private boolean isSeenOnNodes(Pod member) {
        return !gangs.isCounted(member) || !HostPorts.of(member).isEmpty();
    }

    @Override
    public void nodesChanged() {
        nodesLater.request();
    }

    @Override
    public void sees() {
        long knownUpTo = feed.podsKnownUpTo();
        List<Pod> pods = feed.pods();
        nodes.report(feed::nodes, () -> pods, true);
        replicas.sync(pods, knownUpTo);
        gangs.sync(feed::pods);
        // Only now it is known which ports of nodes are asked for.
        nodes.report(feed::nodes, feed::pods, false);
        LOG.info("the cluster is seen nodes={} pods={}", feed.nodes().size(), pods.size());
        sink.accept(new BackendEvent.Synced());
    }

    @Override
    public void isBlind(String reason) {
        LOG.warn("the cluster is not seen any more reason={}", reason);
        sink.accept(new BackendEvent.Stale(reason));
    }

    @Override
    public void close() {
        feed.close();
    }
}

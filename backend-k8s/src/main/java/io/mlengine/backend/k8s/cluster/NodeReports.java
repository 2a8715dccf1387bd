package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.pod.Nodes;
import io.mlengine.spi.backend.BackendEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells what room the nodes have for us: what pods of others have asked for is not ours. Thread-safe. */
final class NodeReports {
    private final Replicas replicas;
    private final Predicate<Pod> isCounted;
    private final Supplier<SortedSet<String>> ports;
    private final Consumer<BackendEvent> sink;
    private final Set<String> known = new TreeSet<>();
    private Map<String, Read> read = new HashMap<>();
    private List<io.mlengine.spi.model.Node> told = List.of();

    /** What a node was read as, and from what. */
    private record Read(Node node, List<Pod> foreign, SortedSet<String> ports, io.mlengine.spi.model.Node result) {
        boolean isOf(Node otherNode, List<Pod> otherForeign, SortedSet<String> otherPorts) {
            // The cache keeps the object of a node or pod until it changes.
            if (node != otherNode || foreign.size() != otherForeign.size() || !ports.equals(otherPorts)) {
                return false;
            }
            for (int i = 0; i < foreign.size(); i++) {
                if (foreign.get(i) != otherForeign.get(i)) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Makes a reporter.
     *
     * @param replicas knows our pods, and is told which nodes are silent
     * @param isCounted which pods of others are placed by the engine, which counts them itself
     * @param ports the ports of nodes that these ask for
     * @param sink takes reports
     */
    NodeReports(
            Replicas replicas,
            Predicate<Pod> isCounted,
            Supplier<SortedSet<String>> ports,
            Consumer<BackendEvent> sink) {
        this.replicas = replicas;
        this.isCounted = isCounted;
        this.ports = ports;
        this.sink = sink;
    }

    /** Reports all nodes if anything has changed. What is there is asked for in turn, so that no report is overtaken. */
    synchronized void report(Supplier<List<Node>> nodes, Supplier<List<Pod>> pods, boolean always) {
        List<Node> present = nodes.get();
        replicas.silentNodes(silent(present));
        Map<String, List<Pod>> foreign = foreign(pods.get());
        SortedSet<String> wanted = ports.get();
        Map<String, Read> now = new HashMap<>();
        for (Node node : present) {
            String name = node.getMetadata().getName();
            now.put(name, read(read.get(name), node, foreign.getOrDefault(name, List.of()), wanted));
        }
        read = now;
        List<io.mlengine.spi.model.Node> all = now.values().stream()
                .map(Read::result)
                .sorted(Comparator.comparing(io.mlengine.spi.model.Node::name))
                .toList();
        if (always || !all.equals(told)) {
            told = all;
            sink.accept(new BackendEvent.NodesReported(all));
        }
    }

    private static Read read(@Nullable Read before, Node node, List<Pod> foreign, SortedSet<String> ports) {
        return before != null && before.isOf(node, foreign, ports)
                ? before
                : new Read(node, foreign, ports, Nodes.of(node, foreign, ports));
    }

    private Map<String, List<Pod>> foreign(List<Pod> pods) {
        Map<String, List<Pod>> byNode = new HashMap<>();
        for (Pod pod : pods) {
            String node = node(pod);
            if (node != null
                    && !isFinished(pod)
                    && !isCounted.test(pod)
                    && replicas.idOf(pod).isEmpty()) {
                byNode.computeIfAbsent(node, name -> new ArrayList<>()).add(pod);
            }
        }
        return byNode;
    }

    /** Where it is, or where another scheduler has evicted others for it. */
    private static @Nullable String node(Pod pod) {
        String node = pod.getSpec().getNodeName();
        return node != null || pod.getStatus() == null ? node : pod.getStatus().getNominatedNodeName();
    }

    static boolean isFinished(Pod pod) {
        String phase = pod.getStatus() == null ? "" : pod.getStatus().getPhase();
        return "Succeeded".equals(phase) || "Failed".equals(phase);
    }

    /** Nodes whose kubelet has stopped reporting, and nodes that were there and are gone. */
    private Set<String> silent(List<Node> nodes) {
        Set<String> names = new TreeSet<>();
        Set<String> silent = new TreeSet<>();
        for (Node node : nodes) {
            names.add(node.getMetadata().getName());
            if (isSilent(node)) {
                silent.add(node.getMetadata().getName());
            }
        }
        known.stream().filter(name -> !names.contains(name)).forEach(silent::add);
        known.addAll(names);
        return silent;
    }

    private static boolean isSilent(Node node) {
        List<NodeCondition> conditions =
                node.getStatus() == null ? List.of() : node.getStatus().getConditions();
        return conditions.stream()
                .anyMatch(condition -> "Ready".equals(condition.getType()) && "Unknown".equals(condition.getStatus()));
    }
}

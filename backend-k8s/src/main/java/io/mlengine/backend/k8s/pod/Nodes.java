package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.NodeSpec;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Taint;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/** Nodes of a cluster as the engine's scheduler sees them: what pods of others take is not there. */
public final class Nodes {
    /** The resource that bounds how many pods a node takes: each replica is one, though no document says so. */
    public static final String PODS = "pods";

    private Nodes() {}

    /**
     * Tells whether a pod takes room from the engine: it is on a node, not finished, and not made by the engine.
     *
     * @param pod the pod
     * @return true when it does
     */
    public static boolean isForeign(Pod pod) {
        Map<String, String> labels = pod.getMetadata().getLabels();
        boolean isOurs = labels != null && Labels.MANAGER.equals(labels.get(Labels.MANAGED_BY));
        String phase = Containers.phase(pod);
        boolean isFinished = phase.equals("Succeeded") || phase.equals("Failed");
        return !isOurs && !isFinished && pod.getSpec().getNodeName() != null;
    }

    /**
     * Describes a node.
     *
     * @param node the node
     * @param foreign the pods on it that are {@linkplain #isForeign foreign}
     * @param ports the {@linkplain HostPorts ports of nodes} that somebody asks the engine for
     * @return what jobs may use of it
     */
    public static Node of(io.fabric8.kubernetes.api.model.Node node, Collection<Pod> foreign, SortedSet<String> ports) {
        SortedMap<String, BigDecimal> left = new TreeMap<>(PodRequests.amounts(Optional.ofNullable(node.getStatus())
                .map(NodeStatus::getAllocatable)
                .orElse(null)));
        ports.forEach(port -> left.put(port, BigDecimal.ONE));
        for (Pod pod : foreign) {
            HostPorts.of(pod).forEach(port -> left.computeIfPresent(port, (same, had) -> BigDecimal.ZERO));
            PodRequests.of(pod)
                    .forEach((name, amount) -> left.computeIfPresent(name, (same, had) -> had.subtract(amount)));
            left.computeIfPresent(PODS, (same, had) -> had.subtract(BigDecimal.ONE));
        }
        Map<String, String> labels =
                Optional.ofNullable(node.getMetadata().getLabels()).orElse(Map.of());
        return Node.builder()
                .name(node.getMetadata().getName())
                .cpuMillis(whole(
                        left.getOrDefault(PodResources.CPU, BigDecimal.ZERO).movePointRight(3)))
                .memoryBytes(whole(left.getOrDefault(PodResources.MEMORY, BigDecimal.ZERO)))
                .devices(NodeDevices.of(counts(left), labels))
                .extended(extended(left))
                .addPerReplica(PODS)
                .labels(labels)
                .taints(taints(node))
                .schedulable(whyClosed(node).isEmpty())
                .build();
    }

    private static SortedMap<String, Long> extended(SortedMap<String, BigDecimal> left) {
        SortedMap<String, Long> extended = counts(left);
        extended.keySet()
                .removeIf(name -> name.equals(PodResources.CPU)
                        || name.equals(PodResources.MEMORY)
                        || NodeDevices.isDevice(name));
        // None of it is the same as no such resource; many nodes list huge pages of every size.
        extended.values().removeIf(count -> count == 0);
        return extended;
    }

    private static SortedMap<String, Long> counts(SortedMap<String, BigDecimal> left) {
        SortedMap<String, Long> counts = new TreeMap<>();
        left.forEach((name, amount) -> counts.put(name, whole(amount)));
        return counts;
    }

    /** Foreign pods may hold more than a node says that it has, after it has shrunk. */
    private static long whole(BigDecimal amount) {
        return amount.max(BigDecimal.ZERO).setScale(0, RoundingMode.FLOOR).longValue();
    }

    private static List<Taint> taints(io.fabric8.kubernetes.api.model.Node node) {
        return Optional.ofNullable(node.getSpec()).map(NodeSpec::getTaints).orElse(List.of()).stream()
                .flatMap(taint -> Arrays.stream(Taint.Effect.values())
                        .filter(effect -> effect.word().equals(taint.getEffect()))
                        .map(effect -> new Taint(taint.getKey(), Containers.text(taint.getValue()), effect)))
                .toList();
    }

    /**
     * Tells why a node takes no new pods.
     *
     * @param node the node
     * @return the end of a sentence about it; empty when it takes pods
     */
    public static Optional<String> whyClosed(io.fabric8.kubernetes.api.model.Node node) {
        if (isCordoned(node)) {
            return Optional.of("is cordoned");
        }
        return isReady(node) ? Optional.empty() : Optional.of("is not ready");
    }

    /**
     * Tells whether somebody has said that a node takes no new pods.
     *
     * @param node the node
     * @return true when it is cordoned
     */
    public static boolean isCordoned(io.fabric8.kubernetes.api.model.Node node) {
        return Optional.ofNullable(node.getSpec())
                .map(NodeSpec::getUnschedulable)
                .orElse(false);
    }

    /**
     * Tells whether a node's agent has lately said that it works.
     *
     * @param node the node
     * @return true when its condition {@code Ready} is true
     */
    public static boolean isReady(io.fabric8.kubernetes.api.model.Node node) {
        return Optional.ofNullable(node.getStatus()).stream()
                .flatMap(status -> status.getConditions().stream())
                .anyMatch(condition -> "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
    }
}

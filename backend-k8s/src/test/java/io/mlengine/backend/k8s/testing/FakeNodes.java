package io.mlengine.backend.k8s.testing;

import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * Node objects with no machine behind them, ready for pods; {@link FakeKubelet} plays their kubelets. It also does what
 * the node controller, which does not run in our server, would do to lost nodes. Closing removes nodes and their pods.
 */
public final class FakeNodes implements AutoCloseable {
    /** The resource of whole NVIDIA GPUs. */
    public static final String GPU = "nvidia.com/gpu";

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final PatchContext STRATEGIC_MERGE = PatchContext.of(PatchType.STRATEGIC_MERGE);

    private final KubernetesClient client;
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    public FakeNodes(KubernetesClient client) {
        this.client = client;
    }

    /** Makes nodes with GPUs each, and returns their names. */
    public List<String> add(int count, int gpus) {
        return add(count, gpus, node -> node);
    }

    /** Makes nodes with GPUs each and whatever else {@code settings} gives them: labels, taints, capacity. */
    public List<String> add(int count, int gpus, UnaryOperator<NodeBuilder> settings) {
        List<String> added = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            added.add(add(settings.apply(ready(nextName(), gpus)).build()));
        }
        return added;
    }

    /** Whether a node is one of these. */
    public boolean contains(String node) {
        return names.contains(node);
    }

    /** Binds a pod to a node by hand, as a scheduler does. */
    public void bind(Pod pod, String node) {
        String name = pod.getMetadata().getName();
        client.raw(
                "/api/v1/namespaces/" + pod.getMetadata().getNamespace() + "/pods/" + name + "/binding",
                "POST",
                new BindingBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withUid(pod.getMetadata().getUid())
                        .endMetadata()
                        .withNewTarget()
                        .withApiVersion("v1")
                        .withKind("Node")
                        .withName(node)
                        .endTarget()
                        .build());
    }

    /** Marks a node as the node controller does once a kubelet has been silent for too long; its pods stay. */
    public void markLost(String node) {
        report(node, "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.");
        taint(node, List.of(unreachable("NoSchedule"), unreachable("NoExecute")));
        for (Pod pod : pods(node)) {
            client.pods()
                    .resource(pod)
                    .subresource("status")
                    .patch(
                            STRATEGIC_MERGE,
                            Serialization.asJson(new PodBuilder()
                                    .withNewMetadata()
                                    .withUid(pod.getMetadata().getUid())
                                    .endMetadata()
                                    .withNewStatus()
                                    .addNewCondition()
                                    .withType("Ready")
                                    .withStatus("False")
                                    .withLastTransitionTime(now())
                                    .endCondition()
                                    .endStatus()
                                    .build()));
        }
    }

    /** Deletes the pods of a node as the node controller does when their toleration of the taint has ended. */
    public void deletePods(String node) {
        pods(node).forEach(pod -> client.pods().resource(pod).delete());
    }

    /** Undoes {@link #markLost}. */
    public void markReady(String node) {
        report(node, "True", "KubeletReady", "kubelet is posting ready status");
        taint(node, List.of());
    }

    /** Sets the taints of a node. */
    public void taint(String node, List<Taint> taints) {
        client.nodes().withName(node).patch(MERGE, Serialization.asJson(Map.of("spec", Map.of("taints", taints))));
    }

    /** Says that no more pods shall come to a node, or that they may again. */
    public void cordon(String node, boolean isCordoned) {
        client.nodes()
                .withName(node)
                .patch(MERGE, Serialization.asJson(Map.of("spec", Map.of("unschedulable", isCordoned))));
    }

    /** Removes a node object; its pods stay, as no garbage collector for pods runs in our server. */
    public void remove(String node) {
        client.nodes().withName(node).delete();
    }

    @Override
    public void close() {
        for (String node : names) {
            pods(node)
                    .forEach(pod ->
                            client.pods().resource(pod).withGracePeriod(0).delete());
            remove(node);
        }
        names.clear();
    }

    // Sorts in the order of making, and differs from those of other JVMs in a shared cluster.
    private static String nextName() {
        return String.format("fake-%d-%05d", ProcessHandle.current().pid(), NUMBER.incrementAndGet());
    }

    private String add(Node node) {
        String name = node.getMetadata().getName();
        names.add(name);
        client.resource(node).create();
        // Admission has added the taint of a node that is not ready yet.
        taint(name, node.getSpec() == null ? List.of() : node.getSpec().getTaints());
        return name;
    }

    private List<Pod> pods(String node) {
        return client.pods()
                .inAnyNamespace()
                .withField("spec.nodeName", node)
                .list()
                .getItems();
    }

    private void report(String node, String status, String reason, String message) {
        NodeCondition ready = condition("Ready", status, reason, message);
        client.nodes()
                .withName(node)
                .subresource("status")
                .patch(STRATEGIC_MERGE, Serialization.asJson(Map.of("status", Map.of("conditions", List.of(ready)))));
    }

    private static NodeBuilder ready(String name, int gpus) {
        Map<String, Quantity> capacity = Map.of(
                "cpu",
                new Quantity("64"),
                "memory",
                new Quantity("512Gi"),
                "ephemeral-storage",
                new Quantity("1Ti"),
                "pods",
                new Quantity("110"),
                GPU,
                new Quantity(Integer.toString(gpus)));
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("kubernetes.io/hostname", name)
                .addToLabels("kubernetes.io/os", "linux")
                .addToLabels("kubernetes.io/arch", "amd64")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withCapacity(capacity)
                .withAllocatable(capacity)
                .addToConditions(
                        condition(
                                "MemoryPressure",
                                "False",
                                "KubeletHasSufficientMemory",
                                "kubelet has sufficient memory available"),
                        condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
                        condition(
                                "PIDPressure",
                                "False",
                                "KubeletHasSufficientPID",
                                "kubelet has sufficient PID available"),
                        condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"))
                .addNewAddress("192.0.2.1", "InternalIP")
                .addNewAddress(name, "Hostname")
                .endStatus();
    }

    private static NodeCondition condition(String type, String status, String reason, String message) {
        return new NodeConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withLastHeartbeatTime(now())
                .withLastTransitionTime(now())
                .build();
    }

    private static Taint unreachable(String effect) {
        return new TaintBuilder()
                .withKey("node.kubernetes.io/unreachable")
                .withEffect(effect)
                .withTimeAdded(now())
                .build();
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}

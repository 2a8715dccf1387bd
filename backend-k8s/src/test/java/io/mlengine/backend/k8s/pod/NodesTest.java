package io.mlengine.backend.k8s.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.Taint;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class NodesTest {
    private static final long GIB = 1L << 30;
    private static final SortedSet<String> NO_PORTS = new TreeSet<>();

    @Test
    void foreignPodsTakeTheirShare() {
        io.mlengine.spi.model.Node node = Nodes.of(
                node().build(),
                List.of(
                        foreign(Map.of("cpu", "1500m", "memory", "6Gi", "nvidia.com/gpu", "3", "rdma/hca", "1")),
                        foreign(Map.of())),
                NO_PORTS);
        assertThat(node.cpuMillis()).isEqualTo(14_500);
        assertThat(node.memoryBytes()).isEqualTo(58 * GIB);
        assertThat(node.devices())
                .extracting(Device::id)
                .containsExactly("gpu-0", "mig-1g.10gb.me-0", "mig-1g.10gb.me-1");
        assertThat(node.extended()).containsExactlyEntriesOf(new TreeMap<>(Map.of(Nodes.PODS, 108L, "rdma/hca", 1L)));
        assertThat(node.perReplica()).containsExactly(Nodes.PODS);
        assertThat(node.schedulable()).isTrue();
        assertThat(node.labels()).containsEntry("zone", "a");
        assertThat(node.taints())
                .containsExactly(
                        new Taint("nvidia.com/gpu", "", Taint.Effect.NO_SCHEDULE),
                        new Taint("team", "nlp", Taint.Effect.NO_EXECUTE));
    }

    @Test
    void devicesAreKnownByLabels() {
        List<Device> devices = Nodes.of(node().build(), List.of(), NO_PORTS).devices();
        assertThat(devices).hasSize(6);
        assertThat(devices).extracting(Device::index).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(devices.get(0).model()).isEqualTo("NVIDIA-A100-SXM4-80GB");
        assertThat(devices.get(0).memoryBytes()).isEqualTo(81_920L << 20);
        assertThat(devices.get(0).migProfile()).isEmpty();
        assertThat(devices.get(5).migProfile()).contains("1g.10gb+me");
        assertThat(devices.get(5).memoryBytes()).isEqualTo(9_856L << 20);
    }

    @Test
    void nothingFallsBelowZero() {
        io.mlengine.spi.model.Node node = Nodes.of(
                node().build(),
                List.of(foreign(Map.of("cpu", "99", "memory", "1Ti", "nvidia.com/gpu", "9", "other", "1"))),
                NO_PORTS);
        assertThat(node.cpuMillis()).isZero();
        assertThat(node.memoryBytes()).isZero();
        assertThat(node.devices()).hasSize(2);
        assertThat(node.extended()).doesNotContainKey("other");
    }

    @Test
    void nodesThatAreSilentOrCordonedTakeNothingNew() {
        Node silent = node().editStatus()
                .withConditions()
                .addNewCondition()
                .withType("Ready")
                .withStatus("Unknown")
                .endCondition()
                .endStatus()
                .build();
        Node cordoned = node().editSpec().withUnschedulable(true).endSpec().build();
        assertThat(List.of(
                        silent,
                        cordoned,
                        new NodeBuilder()
                                .withNewMetadata()
                                .withName("new")
                                .endMetadata()
                                .build()))
                .allSatisfy(
                        node -> assertThat(Nodes.of(node, List.of(), NO_PORTS).schedulable())
                                .isFalse());
        assertThat(Nodes.isReady(cordoned)).isTrue();
    }

    @Test
    void labelsThatAreNoNumbersSayNothing() {
        Node node = node().editMetadata()
                .addToLabels("nvidia.com/gpu.memory", "lots")
                .removeFromLabels("nvidia.com/gpu.product")
                .endMetadata()
                .build();
        Device device = Nodes.of(node, List.of(), NO_PORTS).devices().get(0);
        assertThat(device.memoryBytes()).isZero();
        assertThat(device.model()).isEqualTo("GPU");
    }

    @Test
    void foreignIsWhatLivesOnANodeAndIsNotOurs() {
        Pod other = new PodBuilder(SamplePods.running().build())
                .editMetadata()
                .withLabels(Map.of("app", "web"))
                .endMetadata()
                .build();
        assertThat(Nodes.isForeign(other)).isTrue();
        assertThat(Nodes.isForeign(SamplePods.running().build())).isFalse();
        assertThat(Nodes.isForeign(new PodBuilder(other)
                        .editStatus()
                        .withPhase("Failed")
                        .endStatus()
                        .build()))
                .isFalse();
        assertThat(Nodes.isForeign(new PodBuilder(other)
                        .editSpec()
                        .withNodeName(null)
                        .endSpec()
                        .build()))
                .isFalse();
    }

    private static NodeBuilder node() {
        return new NodeBuilder()
                .withNewMetadata()
                .withName("node-1")
                .withLabels(Map.of(
                        "zone", "a",
                        "nvidia.com/gpu.product", "NVIDIA-A100-SXM4-80GB",
                        "nvidia.com/gpu.memory", "81920",
                        "nvidia.com/mig-1g.10gb.me.memory", "9856"))
                .endMetadata()
                .withNewSpec()
                .addNewTaint()
                .withKey("nvidia.com/gpu")
                .withEffect("NoSchedule")
                .endTaint()
                .addNewTaint()
                .withKey("team")
                .withValue("nlp")
                .withEffect("NoExecute")
                .endTaint()
                .endSpec()
                .withNewStatus()
                .addToAllocatable("cpu", new Quantity("16"))
                .addToAllocatable("memory", new Quantity("64Gi"))
                .addToAllocatable("pods", new Quantity("110"))
                .addToAllocatable("nvidia.com/gpu", new Quantity("4"))
                .addToAllocatable("nvidia.com/mig-1g.10gb.me", new Quantity("2"))
                .addToAllocatable("rdma/hca", new Quantity("2"))
                .addToAllocatable("hugepages-1Gi", new Quantity("0"))
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .endStatus();
    }

    private static Pod foreign(Map<String, String> requests) {
        Map<String, Quantity> quantities = new TreeMap<>();
        requests.forEach((name, amount) -> quantities.put(name, Quantity.parse(amount)));
        return new PodBuilder()
                .withNewSpec()
                .withNodeName("node-1")
                .addNewContainer()
                .withNewResources()
                .withRequests(quantities)
                .endResources()
                .endContainer()
                .endSpec()
                .build();
    }

    @Test
    void aNodeWithoutAnythingHasNothing() {
        io.mlengine.spi.model.Node node = Nodes.of(
                new NodeBuilder()
                        .withNewMetadata()
                        .withName("bare")
                        .endMetadata()
                        .build(),
                List.of(),
                NO_PORTS);
        assertThat(node.cpuMillis()).isZero();
        assertThat(node.devices()).isEmpty();
    }
}

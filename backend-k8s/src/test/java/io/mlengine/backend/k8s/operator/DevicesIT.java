package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.SchedulingWishes;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs that ask for a model of GPU, for instances of one, or for nodes near each other. */
@Timeout(180)
class DevicesIT {
    private final GangCluster cluster = new GangCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    private void apply(GpuRequest gpus, int workers, SchedulingWishes wishes) {
        cluster.client
                .resource(MLTrainDocuments.resource(MLTrain.named("digits")
                        .namespace(cluster.namespace)
                        .framework("plain")
                        .scheduling(wishes)
                        .addRole(Role.named("worker")
                                .replicas(workers)
                                .command("work")
                                .image("localhost/work:1")
                                .resources(Resources.builder().gpus(gpus).build())
                                .build())
                        .build()))
                .create();
    }

    private List<Pod> awaitBound(int count) {
        Await.until(
                "the pods have nodes",
                () -> cluster.pods().stream()
                                .filter(pod -> pod.getSpec().getNodeName() != null)
                                .count()
                        == count);
        return cluster.pods();
    }

    private static SchedulingWishes anywhere() {
        return SchedulingWishes.builder().build();
    }

    @Test
    void aModelIsFoundByItsLabel() {
        cluster.nodes.add(
                2,
                2,
                node -> node.editMetadata()
                        .addToLabels("nvidia.com/gpu.product", "NVIDIA-A100-SXM4-80GB")
                        .endMetadata());
        List<String> wanted = cluster.nodes.add(
                1,
                2,
                node -> node.editMetadata()
                        .addToLabels("nvidia.com/gpu.product", "NVIDIA-H100-PCIe")
                        .endMetadata());
        cluster.startEngine();
        apply(GpuRequest.builder().count(1).model("H100").build(), 2, anywhere());
        assertThat(awaitBound(2))
                .allSatisfy(pod -> assertThat(pod.getSpec().getNodeName()).isEqualTo(wanted.get(0)));
    }

    @Test
    void instancesOfOneProfileAreCountedForJobsAndPodsOfOthers() {
        cluster.nodes.add(1, 2);
        List<String> wanted = cluster.nodes.add(
                1,
                0,
                node -> node.editStatus()
                        .addToAllocatable("nvidia.com/mig-1g.10gb", new Quantity("2"))
                        .endStatus());
        cluster.startEngine();
        cluster.create(cluster.pod("other")
                .editSpec()
                .editContainer(0)
                .editResources()
                .withLimits(Map.of("nvidia.com/mig-1g.10gb", new Quantity("1")))
                .endResources()
                .endContainer()
                .endSpec());
        awaitBound(1);
        apply(GpuRequest.builder().count(1).migProfile("1g.10gb").build(), 1, anywhere());
        assertThat(awaitBound(2))
                .allSatisfy(pod -> assertThat(pod.getSpec().getNodeName()).isEqualTo(wanted.get(0)))
                .allSatisfy(pod -> assertThat(pod.getSpec()
                                .getContainers()
                                .get(0)
                                .getResources()
                                .getLimits())
                        .containsEntry("nvidia.com/mig-1g.10gb", new Quantity("1")));

        cluster.create(cluster.pod("third")
                .editSpec()
                .editContainer(0)
                .editResources()
                .withLimits(Map.of("nvidia.com/mig-1g.10gb", new Quantity("1")))
                .endResources()
                .endContainer()
                .endSpec());
        cluster.awaitReason("third", "Unschedulable: waiting for 1 1g.10gb GPU");
    }

    @Test
    void aJobThatMustStayTogetherStaysInOneRack() {
        List<String> first = cluster.nodes.add(
                2,
                1,
                node -> node.editMetadata()
                        .addToLabels("example.com/rack", "r1")
                        .endMetadata());
        List<String> second = cluster.nodes.add(
                2,
                1,
                node -> node.editMetadata()
                        .addToLabels("example.com/rack", "r2")
                        .endMetadata());
        cluster.nodes.cordon(first.get(1), true);
        cluster.startEngine();
        apply(
                GpuRequest.of(1),
                2,
                SchedulingWishes.builder()
                        .topology(new SchedulingWishes.Topology("example.com/rack", true))
                        .build());
        assertThat(awaitBound(2).stream()
                        .map(pod -> pod.getSpec().getNodeName())
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(second);
    }
}

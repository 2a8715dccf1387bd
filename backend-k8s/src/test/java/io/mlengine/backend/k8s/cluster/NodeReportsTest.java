package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NodeReportsTest {
    private final List<ReplicaStatus> replicasTold = new ArrayList<>();
    private final Replicas replicas = new Replicas(new Ownership(TestPods.OWNERS), replicasTold::add);
    private final List<BackendEvent> told = new ArrayList<>();
    private final SortedSet<String> ports = new TreeSet<>();
    private final NodeReports nodes = new NodeReports(
            replicas,
            pod -> "mlengine".equals(pod.getSpec().getSchedulerName()),
            () -> new TreeSet<>(ports),
            told::add);

    @Test
    void whatPodsOfOthersAskForIsNotThere() {
        report(
                List.of(node("n1", "True")),
                List.of(foreign("n1", "Running"), foreign("n1", "Succeeded"), foreign(null, "Pending")),
                false);
        assertThat(cpu()).containsExactly(6000L);
    }

    @Test
    void ourReplicasAreTheEnginesOwnAffairButLabelsAloneDoNotMakeOne() {
        Pod ours = asking(TestPods.running(TestPods.replica(0), 5, "n1"));
        Pod pretender = new PodBuilder(ours)
                .editMetadata()
                .withNamespace("other")
                .endMetadata()
                .build();
        report(List.of(node("n1", "True")), List.of(ours), false);
        report(List.of(node("n1", "True")), List.of(ours, pretender), false);
        assertThat(cpu()).containsExactly(8000L, 6000L);
    }

    @Test
    void aNodeThatAnotherSchedulerHasMadeRoomOnIsNotTakenFromIt() {
        Pod nominated = new PodBuilder(foreign(null, "Pending"))
                .editStatus()
                .withNominatedNodeName("n1")
                .endStatus()
                .build();
        report(List.of(node("n1", "True")), List.of(Trimmed.of(nominated)), false);
        assertThat(cpu()).containsExactly(6000L);
    }

    @Test
    void portsOfNodesAreToldOnceSomebodyAsksForThem() {
        Pod web = new PodBuilder(foreign("n2", "Running"))
                .editSpec()
                .withSchedulerName("default-scheduler")
                .editContainer(0)
                .addNewPort()
                .withHostPort(80)
                .withProtocol("TCP")
                .endPort()
                .endContainer()
                .endSpec()
                .build();
        List<Node> present = List.of(node("n1", "True"), node("n2", "True"));
        report(present, List.of(Trimmed.of(web)), false);
        ports.add("hostPort/TCP/80");
        report(present, List.of(Trimmed.of(web)), false);
        assertThat(told.stream()
                        .flatMap(event -> ((BackendEvent.NodesReported) event).nodes().stream())
                        .map(io.mlengine.spi.model.Node::extended))
                .containsExactly(
                        new TreeMap<>(),
                        new TreeMap<>(),
                        new TreeMap<>(Map.of("hostPort/TCP/80", 1L)),
                        new TreeMap<>());
    }

    @Test
    void nothingIsToldTwiceUnlessItIsAskedFor() {
        report(List.of(node("n1", "True")), List.of(), false);
        report(List.of(node("n1", "True")), List.of(), false);
        assertThat(told).hasSize(1);
        report(List.of(node("n1", "True")), List.of(), true);
        assertThat(told).hasSize(2);
    }

    @Test
    void aNodeThatFallsSilentOrGoesTakesItsReplicasAlong() {
        replicas.changed(TestPods.running(TestPods.replica(0), 5, "n1"));
        replicas.changed(TestPods.running(TestPods.replica(1), 6, "n2"));
        report(List.of(node("n1", "True"), node("n2", "True")), List.of(), false);
        replicasTold.clear();
        report(List.of(node("n1", "Unknown")), List.of(), false);
        assertThat(replicasTold).extracting(ReplicaStatus::state).containsExactly(ReplicaState.LOST, ReplicaState.LOST);
    }

    private void report(List<Node> present, List<Pod> pods, boolean always) {
        nodes.report(() -> present, () -> pods, always);
    }

    private List<Long> cpu() {
        return told.stream()
                .flatMap(event -> ((BackendEvent.NodesReported) event).nodes().stream())
                .map(io.mlengine.spi.model.Node::cpuMillis)
                .toList();
    }

    private static Node node(String name, String ready) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewStatus()
                .addToAllocatable("cpu", new Quantity("8"))
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready)
                .endCondition()
                .endStatus()
                .build();
    }

    private static Pod foreign(@Nullable String node, String phase) {
        return asking(new PodBuilder()
                .withNewMetadata()
                .withNamespace("other")
                .withName("foreign")
                .endMetadata()
                .withNewSpec()
                .withNodeName(node)
                .addNewContainer()
                .withName("any")
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPhase(phase)
                .endStatus()
                .build());
    }

    private static Pod asking(Pod pod) {
        return new PodBuilder(pod)
                .editSpec()
                .editContainer(0)
                .withNewResources()
                .addToRequests("cpu", new Quantity("2"))
                .endResources()
                .endContainer()
                .endSpec()
                .build();
    }
}

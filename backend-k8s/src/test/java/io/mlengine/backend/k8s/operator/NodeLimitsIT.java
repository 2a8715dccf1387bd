package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node has besides room: places for pods, ports. Pods of others hold some of it. */
@Timeout(180)
class NodeLimitsIT {
    private final GangCluster cluster = new GangCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    private Pod stranger(String name, String node) {
        Pod pod = cluster.create(
                cluster.pod(name).editSpec().withSchedulerName("nobody").endSpec());
        cluster.nodes.bind(pod, node);
        return pod;
    }

    @Test
    void aNodeTakesNoMorePodsThanItAllows() {
        List<String> nodes = cluster.nodes.add(
                1,
                8,
                node -> node.editStatus()
                        .addToAllocatable("pods", new Quantity("3"))
                        .endStatus());
        Pod stranger = stranger("stranger", nodes.get(0));
        cluster.startEngine();
        cluster.client
                .resource(MLTrainDocuments.resource(MLTrain.named("digits")
                        .namespace(cluster.namespace)
                        .framework("plain")
                        .addRole(Role.named("worker")
                                .replicas(3)
                                .command("work")
                                .image("localhost/work:1")
                                .build())
                        .build()))
                .create();
        awaitJob("cannot run here: needs 3 pods, there is at most 2 pods");

        cluster.client.resource(stranger).withGracePeriod(0).delete();
        Await.until(
                "it runs",
                () -> cluster.pods().stream()
                                .filter(pod -> pod.getSpec().getNodeName() != null)
                                .count()
                        == 3);
    }

    private void awaitJob(String reason) {
        Await.until(
                "the job says " + reason,
                () -> Optional.ofNullable(cluster.client
                                .resources(MLTrainResource.class)
                                .inNamespace(cluster.namespace)
                                .withName("digits")
                                .get()
                                .getStatus())
                        .map(status -> status.waiting())
                        .filter(waiting -> waiting.toString().contains(reason)));
    }

    @Test
    void aPortOfANodeIsGivenToOnePod() {
        List<String> nodes = cluster.nodes.add(2, 4);
        Pod stranger = cluster.create(withPort(cluster.pod("stranger"))
                .editSpec()
                .withSchedulerName("default-scheduler")
                .endSpec());
        cluster.nodes.bind(stranger, nodes.get(0));
        cluster.startEngine();
        for (int i = 0; i < 2; i++) {
            cluster.create(withPort(cluster.member("web", i, 2)));
        }
        cluster.awaitReason("web-0", "Unschedulable: cannot run here: needs 2 hostPort/TCP/8080, there is at most 1");

        cluster.client.resource(stranger).withGracePeriod(0).delete();
        Await.until("the gang is whole", () -> cluster.bound("web") == 2);
        assertThat(cluster.pods("web").stream()
                        .map(pod -> pod.getSpec().getNodeName())
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(nodes);
    }

    private static PodBuilder withPort(PodBuilder pod) {
        return pod.editSpec()
                .editContainer(0)
                .addNewPort()
                .withContainerPort(8080)
                .withHostPort(8080)
                .endPort()
                .endContainer()
                .endSpec();
    }
}

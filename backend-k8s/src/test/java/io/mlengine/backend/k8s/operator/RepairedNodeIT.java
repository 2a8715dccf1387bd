package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.ClusterScheduler;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A node of a running gang breaks. A stranger comes and waits for it; then the gang's lost pod is made again and waits
 * too; then the node is repaired.
 */
@Timeout(180)
class RepairedNodeIT {
    private static final int SIZE = 4;

    private final GangCluster cluster = new GangCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void theEngineGivesItToTheGangThatIsNotWhole() {
        cluster.startEngine();
        String repaired = breakAndRepairFor("mlengine");

        Await.until("the gang is whole", () -> cluster.bound("gang") == SIZE);
        assertThat(node("again")).contains(repaired);
        assertThat(node("stranger")).isEmpty();
    }

    @Test
    void theClustersOwnSchedulerGivesItToTheStrangerAndTheGangWaitsForEver() {
        try (ClusterScheduler scheduler = ClusterScheduler.start(cluster.server)) {
            assertThat(scheduler).isNotNull();
            String repaired = breakAndRepairFor(ClusterScheduler.NAME);

            Await.until("the node is taken", () -> node("stranger").or(() -> node("again")));
            assertThat(node("stranger")).contains(repaired);
            assertThat(node("again")).isEmpty();
            assertThat(cluster.bound("gang")).isEqualTo(SIZE - 1);
        }
    }

    /** Returns the node that was broken and is not any more. */
    private String breakAndRepairFor(String scheduler) {
        cluster.nodes.add(SIZE, 1);
        for (int i = 0; i < SIZE; i++) {
            create(cluster.member("gang", i, SIZE), scheduler);
        }
        Await.until("the gang is placed", () -> cluster.bound("gang") == SIZE);
        String broken = node("gang-0").orElseThrow();
        cluster.nodes.cordon(broken, true);
        cluster.client.pods().inNamespace(cluster.namespace).withName("gang-0").delete();
        Await.until("its pod is gone", () -> cluster.pods("gang").size() == SIZE - 1);

        PodBuilder stranger = cluster.pod("stranger")
                .editSpec()
                .addToNodeSelector("kubernetes.io/hostname", broken)
                .endSpec();
        create(stranger, scheduler);
        Await.until("the stranger waits", () -> cluster.reason("stranger"));
        PodBuilder again =
                cluster.member("gang", 0, SIZE).editMetadata().withName("again").endMetadata();
        create(again, scheduler);
        Await.until("the gang's new pod waits", () -> cluster.reason("again"));

        cluster.nodes.cordon(broken, false);
        return broken;
    }

    private void create(PodBuilder pod, String scheduler) {
        cluster.create(pod.editSpec().withSchedulerName(scheduler).endSpec());
    }

    private Optional<String> node(String pod) {
        return Optional.ofNullable(cluster.client
                        .pods()
                        .inNamespace(cluster.namespace)
                        .withName(pod)
                        .get())
                .map(found -> found.getSpec().getNodeName());
    }
}

package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mlengine.spi.backend.Fence;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What keeps pods from being bound at all; that they are bound is shown on a real server. */
class GangPlacingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Pod POD = new PodBuilder()
            .withNewMetadata()
            .withNamespace("team")
            .withName("stranger")
            .withUid("uid-1")
            .endMetadata()
            .withNewSpec()
            .endSpec()
            .build();

    private final KubernetesClient client = new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder().withAutoConfigure(false).build())
            .build();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(1);
    private final AtomicInteger writes = new AtomicInteger();
    private final Map<String, Node> nodes = new HashMap<>();

    @AfterEach
    void close() {
        threads.shutdownNow();
        client.close();
    }

    private CompletableFuture<Void> place(String node) {
        WriteGate gate = new WriteGate(() -> writes.incrementAndGet() < 0, RequestLimit.NONE);
        ClusterApi api = new ClusterApi(client, gate);
        Retries retries = new Retries(threads, threads, InstantSource.system(), new Random(7));
        return new GangPlacing(
                        Map.of(POD, node),
                        new Bindings(api, retries, PATIENCE),
                        new ClaimBinding(api, retries, PATIENCE, name -> Optional.empty()),
                        why -> {},
                        api,
                        retries,
                        name -> Optional.ofNullable(nodes.get(name)),
                        new Fence("test", 1))
                .run();
    }

    private static Node node(boolean isCordoned, String ready) {
        return new NodeBuilder()
                .withNewSpec()
                .withUnschedulable(isCordoned)
                .endSpec()
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready)
                .endCondition()
                .endStatus()
                .build();
    }

    @Test
    void aNodeThatWasCordonedMeanwhileGetsNothing() {
        nodes.put("n1", node(true, "True"));
        assertThatThrownBy(() -> place("n1").join()).hasMessageContaining("the node n1 is cordoned");
        assertThat(writes).hasValue(0);
    }

    @Test
    void aNodeThatFellSilentMeanwhileGetsNothing() {
        nodes.put("n1", node(false, "Unknown"));
        assertThatThrownBy(() -> place("n1").join()).hasMessageContaining("the node n1 is not ready");
        assertThat(writes).hasValue(0);
    }

    @Test
    void aNodeThatIsGoneGetsNothing() {
        assertThatThrownBy(() -> place("n1").join()).hasMessageContaining("the node n1 is gone");
        assertThat(writes).hasValue(0);
    }

    @Test
    void anOpenNodeIsTried() {
        nodes.put("n1", node(false, "True"));
        assertThatThrownBy(() -> place("n1").join()).hasMessageContaining("This process is not in charge.");
        assertThat(writes).hasValue(1);
    }
}

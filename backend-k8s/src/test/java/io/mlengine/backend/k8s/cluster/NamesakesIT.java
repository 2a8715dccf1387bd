package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.testing.Interloper;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.spi.backend.Fence;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What has taken the name of an object of ours is somebody else's, and stays. */
class NamesakesIT {
    private static final Fence FENCE = new Fence("test", 1);
    private static final Map<String, String> LABELS = Map.of("job", "digits");

    private final KubernetesServer server = KubernetesServer.shared();
    private final KubernetesClient client = server.client();
    private final String namespace = server.newNamespace();
    private final ScheduledExecutorService timers = Executors.newScheduledThreadPool(1);

    @AfterEach
    void close() {
        timers.shutdownNow();
    }

    private static ClusterApi api(KubernetesClient client) {
        return new ClusterApi(client, new WriteGate(() -> true, RequestLimit.NONE));
    }

    private Pod createPod() {
        return client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName("digits-worker-0-a1")
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("main")
                        .withImage("localhost/work:1")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
    }

    private ConfigMap createFiles() {
        return client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName("digits-files")
                        .withLabels(LABELS)
                        .endMetadata()
                        .build())
                .create();
    }

    private void assertStays(HasMetadata other) {
        HasMetadata now = client.resource(other).get();
        assertThat(now).isNotNull();
        assertThat(now.getMetadata().getUid()).isEqualTo(other.getMetadata().getUid());
        assertThat(now.getMetadata().getDeletionTimestamp()).isNull();
    }

    @Test
    void aPodThatHasTakenTheNameOfAStoppedOneStays() {
        Pod ours = createPod();
        client.resource(ours).withGracePeriod(0).delete();
        Pod other = createPod();

        deletions().delete(ours, Duration.ZERO, FENCE);

        assertStays(other);
        deletions().delete(other, Duration.ZERO, FENCE);
        assertThat(client.resource(other).get()).as("which has no node").isNull();
    }

    /** Done when it returns. */
    private PodDeletions deletions() {
        Retries retries = new Retries(Runnable::run, timers, InstantSource.system(), new Random(7));
        return new PodDeletions(
                api(client), retries, new Replicas(new Ownership(job -> Optional.empty()), status -> {}));
    }

    @Test
    void whatTakesTheNameOfALeavingAfterItWasListedStays() {
        ConfigMap ours = createFiles();
        ConfigMap[] other = new ConfigMap[1];
        try (KubernetesClient late = Interloper.before(server, "DELETE", "/configmaps/digits-files", () -> {
            client.resource(ours).delete();
            other[0] = createFiles();
        })) {
            api(late).deleteAll(ConfigMap.class, namespace, LABELS, FENCE);
        }
        assertStays(other[0]);
        api(client).deleteAll(ConfigMap.class, namespace, LABELS, FENCE);
        assertThat(client.resource(other[0]).get()).isNull();
    }
}

package io.mlengine.backend.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mlengine.backend.k8s.cluster.ClusterSettings;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.BreakableLine;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodEnd;
import io.mlengine.backend.k8s.testing.PodScript;
import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.ReplicaId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlindnessIT {
    private final KubernetesServer server = KubernetesServer.shared();
    private final ClusterFixture cluster = new ClusterFixture(server, pod -> PodScript.runsUntilDeleted());

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void anApiServerThatIsAwayMakesTheBackendStaleAndItsReturnTellsEverythingAgain() {
        cluster.addNodes(1);
        cluster.start(
                ClusterSettings.builder().stalePatience(Duration.ofSeconds(2)).build());
        AttemptId attempt = cluster.attempt("survivor");
        cluster.reserve(attempt, 2);
        cluster.launch(attempt, 2).join();
        ReplicaId first = ClusterFixture.replica(attempt, 0);
        ReplicaId second = ClusterFixture.replica(attempt, 1);
        cluster.await(first, status -> status.state() == ReplicaState.READY);
        cluster.await(second, status -> status.state() == ReplicaState.READY);

        server.stopApiServer();
        cluster.await("stale", event -> event.kind() == BackendEvent.Kind.STALE);
        server.startApiServer();
        Await.until(
                "synced again",
                () -> kinds().lastIndexOf(BackendEvent.Kind.SYNCED) > kinds().indexOf(BackendEvent.Kind.STALE));
        List<BackendEvent> since = cluster.events()
                .subList(kinds().indexOf(BackendEvent.Kind.STALE) + 1, kinds().lastIndexOf(BackendEvent.Kind.SYNCED));
        assertThat(since)
                .filteredOn(BackendEvent.ReplicaReported.class::isInstance)
                .extracting(
                        event -> ((BackendEvent.ReplicaReported) event).status().id())
                .contains(first, second);

        cluster.kubelet.end(cluster.namespace, "survivor-worker-0-a1", PodEnd.exit(0));
        cluster.await(first, status -> status.state() == ReplicaState.SUCCEEDED);
        assertThat(cluster.newest(second).orElseThrow().state()).isEqualTo(ReplicaState.READY);
    }

    @Test
    void aWatchWhoseOtherEndHasVanishedIsNoticedAndMissesNothing() {
        cluster.addNodes(1);
        Config direct = server.client().getConfiguration();
        try (BreakableLine line = BreakableLine.to(direct)) {
            cluster.start(
                    new KubernetesClientBuilder()
                            .withConfig(line.config(direct))
                            .build(),
                    ClusterSettings.builder()
                            .stalePatience(Duration.ofSeconds(4))
                            .build());
            AttemptId attempt = cluster.attempt("unheard");
            cluster.reserve(attempt, 2);
            cluster.launch(attempt, 2).join();
            ReplicaId first = ClusterFixture.replica(attempt, 0);
            ReplicaId second = ClusterFixture.replica(attempt, 1);
            cluster.await(first, status -> status.state() == ReplicaState.READY);
            cluster.await(second, status -> status.state() == ReplicaState.READY);

            line.swallowAll();
            cluster.kubelet.end(cluster.namespace, "unheard-worker-0-a1", PodEnd.exit(0));
            cluster.server
                    .client()
                    .pods()
                    .inNamespace(cluster.namespace)
                    .withName("unheard-worker-1-a1")
                    .withGracePeriod(0)
                    .delete();
            cluster.await(first, status -> status.state() == ReplicaState.SUCCEEDED);
            cluster.await(second, status -> !status.state().mayLive());
            assertThat(kinds().indexOf(BackendEvent.Kind.STALE))
                    .isPositive()
                    .isLessThan(kinds().lastIndexOf(BackendEvent.Kind.SYNCED));
        }
    }

    private List<BackendEvent.Kind> kinds() {
        return cluster.events().stream().map(BackendEvent::kind).toList();
    }
}

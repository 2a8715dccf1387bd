package io.mlengine.backend.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.mlengine.backend.k8s.cluster.ClusterSettings;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodScript;
import io.mlengine.spi.backend.Cleanup;
import io.mlengine.spi.backend.OrderFailedException;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.FailureClass;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GangIT {
    private static final ClusterSettings SETTINGS = ClusterSettings.builder().build();

    private final ClusterFixture cluster = new ClusterFixture(KubernetesServer.shared(), GangIT::script);

    private static PodScript script(Pod pod) {
        return pod.getMetadata().getName().startsWith("unpullable")
                ? PodScript.starts(PodScript.Start.IMAGE_PULL_FAILS)
                : PodScript.runsUntilDeleted();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aGangOf32IsBoundAsPlacedRunsAndLeavesNothing() {
        List<String> nodes = cluster.addNodes(4);
        cluster.start(SETTINGS);
        AttemptId attempt = cluster.attempt("gang");
        cluster.reserve(attempt, 32);
        cluster.launch(attempt, 32).join();
        for (int i = 0; i < 32; i++) {
            cluster.await(ClusterFixture.replica(attempt, i), status -> status.state() == ReplicaState.READY);
        }
        assertThat(cluster.pods()).hasSize(32).allSatisfy(pod -> {
            int index = Integer.parseInt(pod.getMetadata().getLabels().get("mlengine.io/index"));
            assertThat(pod.getSpec().getNodeName()).isEqualTo(nodes.get(index % 4));
        });

        cluster.stop(attempt);
        for (int i = 0; i < 32; i++) {
            cluster.await(
                    ClusterFixture.replica(attempt, i),
                    status -> !status.state().mayLive());
        }
        cluster.backend()
                .release(attempt, Cleanup.REMOVE_WORK, ClusterFixture.FENCE)
                .toCompletableFuture()
                .join();
        cluster.backend()
                .remove(attempt.job(), ClusterFixture.FENCE)
                .toCompletableFuture()
                .join();
        Await.until("no pod is left", () -> cluster.pods().isEmpty());
        assertThat(cluster.server
                        .client()
                        .services()
                        .inNamespace(cluster.namespace)
                        .list()
                        .getItems())
                .isEmpty();
        assertThat(cluster.server
                        .client()
                        .secrets()
                        .inNamespace(cluster.namespace)
                        .withLabel("mlengine.io/job-uid")
                        .list()
                        .getItems())
                .isEmpty();
    }

    @Test
    void aRestartInTheMiddleOfALaunchLosesNothingAndDoublesNothing() {
        cluster.addNodes(2);
        cluster.start(SETTINGS);
        AttemptId attempt = cluster.attempt("restarted");
        cluster.reserve(attempt, 16);
        cluster.launch(attempt, 16);
        Await.until("some pods are there", () -> !cluster.pods().isEmpty());

        cluster.restart(SETTINGS);
        cluster.reserve(attempt, 16);
        cluster.launch(attempt, 16).join();
        for (int i = 0; i < 16; i++) {
            cluster.await(ClusterFixture.replica(attempt, i), status -> status.state() == ReplicaState.READY);
        }
        assertThat(cluster.pods()).hasSize(16);
    }

    @Test
    void whatWaitedForItsNodeWhenTheEngineDiedIsBoundAfterTheReservationAlone() {
        cluster.addNodes(1);
        cluster.start(ClusterSettings.builder().from(SETTINGS).build());
        AttemptId attempt = cluster.attempt("waiting");
        cluster.reserve(attempt, 1);
        cluster.launch(attempt, 1).join();
        Pod pod = cluster.pods().get(0);
        // The same pod again, as it is between its creation and its binding.
        cluster.await(ClusterFixture.replica(attempt, 0), status -> status.state() == ReplicaState.READY);
        AttemptId second = new AttemptId(attempt.job(), 2);
        Pod unbound = new PodBuilder(pod)
                .editMetadata()
                .withName("waiting-worker-0-a2")
                .addToLabels("mlengine.io/attempt", "2")
                .withResourceVersion(null)
                .withUid(null)
                .endMetadata()
                .editSpec()
                .withNodeName(null)
                .endSpec()
                .withStatus(null)
                .build();
        cluster.server.client().resource(unbound).create();
        cluster.await(ClusterFixture.replica(second, 0), status -> status.state() == ReplicaState.PENDING);

        cluster.restart(SETTINGS);
        cluster.await(ClusterFixture.replica(second, 0), status -> status.state() == ReplicaState.PENDING);
        cluster.reserve(second, 1);
        cluster.await(ClusterFixture.replica(second, 0), status -> status.state() == ReplicaState.READY);
    }

    @Test
    void aStrangerWithThePodsNameFailsTheLaunchAndIsLeftAlone() {
        cluster.addNodes(1);
        cluster.start(SETTINGS);
        AttemptId attempt = cluster.attempt("taken");
        Pod stranger = new PodBuilder()
                .withNewMetadata()
                .withNamespace(cluster.namespace)
                .withName("taken-worker-1-a1")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("stranger")
                .endContainer()
                .endSpec()
                .build();
        cluster.server.client().resource(stranger).create();
        cluster.reserve(attempt, 2);
        assertThatThrownBy(() -> cluster.launch(attempt, 2).join())
                .cause()
                .asInstanceOf(InstanceOfAssertFactories.type(OrderFailedException.class))
                .satisfies(failure -> assertThat(failure.failureClass()).isEqualTo(FailureClass.CONFIGURATION))
                .satisfies(failure -> assertThat(failure.reason()).isEqualTo("NameTaken"));

        cluster.stop(attempt);
        Await.until("only the stranger is left", () -> cluster.pods().size() == 1);
        assertThat(cluster.pods().get(0).getSpec().getContainers().get(0).getImage())
                .isEqualTo("stranger");
    }

    @Test
    void aQuotaThatIsUsedUpFailsTheLaunchWithTheServersWords() {
        cluster.addNodes(1);
        cluster.start(SETTINGS);
        cluster.server
                .needsControllers()
                .client()
                .resource(new ResourceQuotaBuilder()
                        .withNewMetadata()
                        .withNamespace(cluster.namespace)
                        .withName("few")
                        .endMetadata()
                        .withNewSpec()
                        .addToHard("pods", new Quantity("2"))
                        .endSpec()
                        .build())
                .create();
        Await.until(
                "the quota is counted",
                () -> cluster.server
                                .client()
                                .resourceQuotas()
                                .inNamespace(cluster.namespace)
                                .withName("few")
                                .get()
                                .getStatus()
                                .getHard()
                        != null);
        AttemptId attempt = cluster.attempt("poor");
        cluster.reserve(attempt, 4);
        assertThatThrownBy(() -> cluster.launch(attempt, 4).join())
                .cause()
                .asInstanceOf(InstanceOfAssertFactories.type(OrderFailedException.class))
                .satisfies(failure -> assertThat(failure.reason()).isEqualTo("QuotaExceeded"))
                .satisfies(failure -> assertThat(failure.failureClass()).isEqualTo(FailureClass.QUOTA))
                .satisfies(failure -> assertThat(failure.getMessage()).contains("exceeded quota: few"));
        assertThat(cluster.pods())
                .as("none was bound")
                .allMatch(pod -> pod.getSpec().getNodeName() == null);

        cluster.stop(attempt);
        Await.until("no half gang is left", () -> cluster.pods().isEmpty());
        Await.until("the end of those that were made is told", () -> {
            HashSet<ReplicaState> last = new HashSet<>();
            IntStream.range(0, 4)
                    .forEach(i -> cluster.newest(ClusterFixture.replica(attempt, i))
                            .ifPresent(status -> last.add(status.state())));
            return last.equals(Set.of(ReplicaState.GONE));
        });
    }

    @Test
    void aSilentNodeMakesItsReplicasLostAndItsReturnMakesThemReady() {
        List<String> nodes = cluster.addNodes(2);
        cluster.start(SETTINGS);
        AttemptId attempt = cluster.attempt("lost");
        cluster.reserve(attempt, 2);
        cluster.launch(attempt, 2).join();
        for (int i = 0; i < 2; i++) {
            cluster.await(ClusterFixture.replica(attempt, i), status -> status.state() == ReplicaState.READY);
        }
        cluster.kubelet.die(nodes.get(1));
        cluster.nodes.markLost(nodes.get(1));
        cluster.await(ClusterFixture.replica(attempt, 1), status -> status.state() == ReplicaState.LOST);
        assertThat(cluster.newest(ClusterFixture.replica(attempt, 0))
                        .orElseThrow()
                        .state())
                .isEqualTo(ReplicaState.READY);

        cluster.stop(attempt);
        cluster.await(
                ClusterFixture.replica(attempt, 0), status -> !status.state().mayLive());
        assertThat(cluster.newest(ClusterFixture.replica(attempt, 1))
                        .orElseThrow()
                        .state())
                .as("it may live")
                .isEqualTo(ReplicaState.LOST);
        cluster.nodes.markReady(nodes.get(1));
        cluster.kubelet.revive(nodes.get(1));
        cluster.await(
                ClusterFixture.replica(attempt, 1), status -> !status.state().mayLive());
    }

    @Test
    void aPodWhoseImageCannotBePulledIsGivenUpAfterAWhile() {
        cluster.addNodes(1);
        cluster.start(
                ClusterSettings.builder().imagePatience(Duration.ofSeconds(1)).build());
        AttemptId attempt = cluster.attempt("unpullable");
        cluster.reserve(attempt, 1);
        cluster.launch(attempt, 1).join();
        ReplicaStatus end = cluster.await(
                ClusterFixture.replica(attempt, 0), status -> !status.state().mayLive());
        assertThat(end.state()).isEqualTo(ReplicaState.FAILED);
        assertThat(end.failureClass()).contains(FailureClass.CONFIGURATION);
        assertThat(end.reason()).isEqualTo("ImagePullBackOff");
        Await.until("no pod is left", () -> cluster.pods().isEmpty());
    }
}

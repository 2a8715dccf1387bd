package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.Kubectl;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodScript;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Retries;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.spi.model.RestartScope;
import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes that are emptied by their owner, and budgets of disruptions. */
@Timeout(180)
class DrainIT {
    private final KubernetesServer server = KubernetesServer.shared().needsControllers();
    private final JobsFixture jobs = new JobsFixture(server, pod -> PodScript.runsUntilDeleted());

    @AfterEach
    void end() {
        jobs.close();
    }

    @Test
    void aJobOnADrainedNodeGoesOnElsewhereAndNoFaultIsCounted() {
        Kubectl kubectl = Kubectl.of(server);
        List<String> nodes = jobs.nodes.add(2, 2);
        jobs.startOperator();
        MLTrain train = jobs.train("digits", 2).build();
        jobs.apply(MLTrain.builder()
                .from(train)
                .runPolicy(RunPolicy.builder()
                        .from(train.runPolicy())
                        .retries(new Retries(0, 0, OptionalInt.empty()))
                        .build())
                // A replica that is replaced in place would come back to the same node.
                .roles(List.of(Role.builder()
                        .from(train.roles().get(0))
                        .restartScope(RestartScope.REPLICA)
                        .build())));
        jobs.await("digits", "Running");
        String drained = jobs.pods("digits").get(0).getSpec().getNodeName();

        Kubectl.Result result = kubectl.run("drain", drained, "--delete-emptydir-data", "--timeout=50s");
        assertThat(result.exit()).as(result.err()).isZero();

        jobs.await(
                "digits",
                "runs again",
                status -> "Running".equals(status.phase()) && Integer.valueOf(2).equals(status.attempt()));
        assertThat(jobs.pods("digits").stream()
                        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                        .map(pod -> pod.getSpec().getNodeName())
                        .collect(Collectors.toSet()))
                .containsExactlyElementsOf(
                        nodes.stream().filter(node -> !node.equals(drained)).toList());
        jobs.assertNoDoublePod();
    }

    @Test
    void aBudgetOfDisruptionsHoldsUpAnEviction() {
        try (GangCluster cluster = new GangCluster()) {
            cluster.nodes.add(1, 1);
            GenericKubernetesResource budget = cluster.client
                    .resource(budget(cluster.client, cluster.namespace))
                    .create();
            cluster.startEngine();
            cluster.create(
                    cluster.pod("low").editMetadata().addToLabels("app", "low").endMetadata());
            Await.until(
                    "it is seen by the budget",
                    () -> Integer.valueOf(1)
                            .equals(cluster.client.resource(budget).get().get("status", "currentHealthy")));
            cluster.create(cluster.pod("high")
                    .editSpec()
                    .withPriorityClassName("system-cluster-critical")
                    .endSpec());
            cluster.awaitReason("high", "Unschedulable: starts when ");
            assertThat(pod(cluster, "low").getMetadata().getDeletionTimestamp()).isNull();

            cluster.client.resource(budget).delete();
            Await.until(
                    "the more important one runs",
                    () -> pod(cluster, "high").getSpec().getNodeName() != null);
        }
    }

    /** One of its pods must always be there, in the version that the server has. */
    private static GenericKubernetesResource budget(KubernetesClient client, String namespace) {
        boolean isOld = client.getApiResources("policy/v1") == null;
        return new GenericKubernetesResourceBuilder()
                .withApiVersion(isOld ? "policy/v1beta1" : "policy/v1")
                .withKind("PodDisruptionBudget")
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("none")
                .endMetadata()
                .addToAdditionalProperties(
                        "spec", Map.of("minAvailable", 1, "selector", Map.of("matchLabels", Map.of("app", "low"))))
                .build();
    }

    private static Pod pod(GangCluster cluster, String name) {
        return cluster.client
                .pods()
                .inNamespace(cluster.namespace)
                .withName(name)
                .get();
    }
}

package io.mlengine.backend.k8s.webhook;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mlengine.backend.k8s.resource.CrdManifests;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The real API server with our definitions and, if asked, our webhooks registered by URL; clocks can be moved. */
final class WebhookCluster implements AutoCloseable {
    final KubernetesServer server = KubernetesServer.shared();
    final KubernetesClient client = server.client();
    final String own = server.newNamespace();
    final String team = server.newNamespace();
    final AtomicReference<Duration> offset = new AtomicReference<>(Duration.ZERO);
    final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private @Nullable Webhooks webhooks;

    WebhookCluster() {
        CrdManifests.all(false).forEach(definition -> {
            client.resource(definition).serverSideApply();
            client.resource(definition).waitUntilCondition(WebhookCluster::isServed, 1, TimeUnit.MINUTES);
        });
    }

    private static boolean isServed(@Nullable CustomResourceDefinition definition) {
        return definition != null
                && definition.getStatus() != null
                && definition.getStatus().getConditions() != null
                && definition.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Established")
                                && condition.getStatus().equals("True"));
    }

    Instant now() {
        return Instant.now().plus(offset.get());
    }

    WebhookSettings.Builder settings() {
        return WebhookSettings.builder()
                .namespace(own)
                .outsideHost("127.0.0.1")
                .listenAddress("127.0.0.1")
                .port(0)
                .serverMinor(20)
                .gitSyncImage("git-sync:v4")
                .checkEvery(Duration.ofMillis(100));
    }

    /** Starts and registers webhooks, and returns once the API server asks them. */
    Webhooks start(UnaryOperator<WebhookSettings.Builder> change) {
        Webhooks started = Webhooks.start(
                change.apply(settings()).build(), new Webhooks.Surroundings(client, Samples.ENGINE, this::now, timer));
        webhooks = started;
        started.register();
        Await.until("the API server asks", () -> {
            try {
                trains().resource(train("probe")
                                .edit()
                                .removeFromAdditionalProperties("spec")
                                .build())
                        .dryRun()
                        .create();
                return false;
            } catch (KubernetesClientException refused) {
                String said = String.valueOf(refused.getMessage());
                return said.contains("mutate-mltrain.mlengine.io") && said.contains("ML-410");
            }
        });
        return started;
    }

    Webhooks start() {
        return start(settings -> settings);
    }

    NonNamespaceOperation<GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            trains() {
        return client.genericKubernetesResources("mlengine.io/v1", "MLTrain").inNamespace(team);
    }

    /** A valid job in the team's namespace. */
    GenericKubernetesResource train(String name) {
        return resource(Samples.TRAIN
                .replace("name: bert", "name: " + name)
                .replace("team-a, annotations: {mlengine.io/user: ann}", team)
                .replace("queue: research", "queue: default"));
    }

    static GenericKubernetesResource resource(String yaml) {
        return Serialization.unmarshal(yaml, GenericKubernetesResource.class);
    }

    Pod pod(String namespace, String name) {
        return Serialization.unmarshal("""
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %s
                  namespace: %s
                  labels: {mlengine.io/inject: "true"}
                  annotations:
                    mlengine.io/variables: MODE=fast
                    mlengine.io/git-repository: https://example.org/bert.git
                    mlengine.io/git-revision: 0123456789abcdef0123456789abcdef01234567
                    mlengine.io/git-credentials: bot
                    mlengine.io/inputs: images=pvc://images/train
                    mlengine.io/gang: bert
                    mlengine.io/gang-size: "2"
                spec:
                  containers: [{name: main, image: torch}]
                """.formatted(name, namespace), Pod.class);
    }

    @Override
    public void close() {
        if (webhooks != null) {
            webhooks.unregister();
            webhooks.close();
        }
        timer.shutdownNow();
    }
}

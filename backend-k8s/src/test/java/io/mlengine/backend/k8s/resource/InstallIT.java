package io.mlengine.backend.k8s.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.Definitions;
import io.mlengine.backend.k8s.testing.Kubectl;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.webhook.TestTls;
import io.mlengine.core.job.Phase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InstallIT {
    private static final String MANIFEST =
            Documents.root().resolve("docs/deploy/mlengine.yaml").toString();

    private final KubernetesServer server = KubernetesServer.shared();
    private final KubernetesClient client = server.client();
    private final Kubectl kubectl = Kubectl.of(server);

    @BeforeEach
    void install() {
        Kubectl.Result result = kubectl.run("apply", "-f", MANIFEST);
        assertThat(result.exit()).as(result.err()).isZero();
        Definitions.install(client);
    }

    /** Nobody answers here, so other tests could make no jobs. */
    @AfterEach
    void unregister() {
        Kubectl.Result result = kubectl.run(
                "delete",
                "validatingwebhookconfiguration,mutatingwebhookconfiguration",
                RbacManifests.NAME,
                "--ignore-not-found");
        assertThat(result.exit()).as(result.err()).isZero();
    }

    @Test
    void whileNobodyAnswersYetOnlyOurOwnKindsAreRefused() {
        String namespace = server.newNamespace();
        MLTrainResource job = MLTrainDocuments.resource(Jobs.train());
        job.getMetadata().setNamespace(namespace);

        // The API server takes a moment to see that they are registered.
        Await.until(
                "jobs are refused",
                () -> isRefused(() -> client.resource(job).dryRun().create()));
        assertThat(client.resource(pod(namespace, "labelled", Map.of("mlengine.io/inject", "true")))
                        .create())
                .isNotNull();
        assertThat(client.resource(pod(namespace, "bare", Map.of())).create()).isNotNull();
        assertThat(client.resource(pod(InstallManifests.NAMESPACE, "ours", Map.of("mlengine.io/inject", "true")))
                        .dryRun()
                        .create())
                .isNotNull();
        assertThat(server.newNamespace()).isNotEmpty();
    }

    /** What the operator has set is not in the manifest, so that an upgrade does not take it away. */
    @Test
    void anUpgradeKeepsTheBundleThatTheOperatorHasSet() {
        String bundle = Base64.getEncoder().encodeToString(TestTls.authority().getBytes(StandardCharsets.UTF_8));
        client.admissionRegistration()
                .v1()
                .validatingWebhookConfigurations()
                .withName(RbacManifests.NAME)
                .patch(
                        PatchContext.of(PatchType.JSON),
                        "[{\"op\":\"add\",\"path\":\"/webhooks/0/clientConfig/caBundle\",\"value\":\"" + bundle
                                + "\"}]");

        assertThat(kubectl.run("apply", "-f", MANIFEST).exit()).isZero();

        assertThat(client.admissionRegistration()
                        .v1()
                        .validatingWebhookConfigurations()
                        .withName(RbacManifests.NAME)
                        .get()
                        .getWebhooks()
                        .get(0)
                        .getClientConfig()
                        .getCaBundle())
                .isEqualTo(bundle);
    }

    private static boolean isRefused(Runnable request) {
        try {
            request.run();
            return false;
        } catch (KubernetesClientException e) {
            return String.valueOf(e.getMessage()).contains("failed calling webhook");
        }
    }

    private static Pod pod(String namespace, String name, Map<String, String> labels) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("localhost/work:1")
                .endContainer()
                .endSpec()
                .build();
    }

    @Test
    void aSecondApplyChangesNothing() {
        Kubectl.Result again = kubectl.run("apply", "-f", MANIFEST);

        assertThat(again.out().lines()).isNotEmpty().allMatch(line -> line.endsWith(" unchanged"));
    }

    @Test
    void theDefaultQueueIsApplied() {
        Path queue = Documents.root().resolve("docs/deploy/default-queue.yaml");
        unregister();

        // The API server takes a moment to see that it need not ask.
        Await.until(
                "the queue is taken",
                () -> kubectl.run("apply", "-f", queue.toString(), "--dry-run=server")
                                .exit()
                        == 0);
    }

    @Test
    void getShowsWhereAJobIs() {
        String namespace = server.newNamespace();
        running(namespace);

        String table = kubectl.run("get", "mlt", "-n", namespace, "-o", "wide").out();

        assertThat(table.lines().findFirst().orElseThrow().split(" {2,}"))
                .containsExactly(
                        "NAME",
                        "QUEUE",
                        "PHASE",
                        "GPUS",
                        "READY",
                        "PROGRESS",
                        "ETA",
                        "AGE",
                        "FRAMEWORK",
                        "ATTEMPT",
                        "REASON");
        assertThat(table.lines().skip(1).findFirst().orElseThrow())
                .matches("bert +research +Running +6 +4/4 +40% +2026-11-23T12:04:22Z +\\S+ +pytorch +1 +AllReady *");
    }

    @Test
    void waitKnowsTheConditions() {
        String namespace = server.newNamespace();
        running(namespace);

        assertThat(kubectl.run("wait", "--for=condition=Running", "mlt/bert", "-n", namespace, "--timeout=5s")
                        .exit())
                .isZero();
    }

    @Test
    void scaleSetsTheSizeOfTheElasticRole() {
        String namespace = server.newNamespace();
        MLTrainResource object = running(namespace);
        object.getSpec().put(MLTrainWish.REPLICAS, 3);
        client.resource(object).update();

        Kubectl.Result scaled = kubectl.run("scale", "mlt/bert", "-n", namespace, "--replicas=4");

        assertThat(scaled.err()).isEmpty();
        MLTrainResource stored = client.resource(object).get();
        assertThat(MLTrainWish.replicas(stored)).hasValue(4);
        assertThat(MLTrainDocuments.read(stored).violations()).isEmpty();
        assertThat(client.resource(object).scale().getStatus().getSelector()).contains("mlengine.io/role=worker");
    }

    @Test
    void theEngineMayDoItsWorkAndReadNoSecrets() {
        String namespace = server.newNamespace();
        try (KubernetesClient engine = server.clientOf(InstallManifests.NAMESPACE, RbacManifests.NAME)) {
            assertThat(engine.pods().inAnyNamespace().list()).isNotNull();
            assertThat(engine.nodes().list()).isNotNull();
            assertThat(engine.resources(MLTrainResource.class).inAnyNamespace().list())
                    .isNotNull();
            assertThat(engine.secrets()
                            .inNamespace(InstallManifests.NAMESPACE)
                            .withName(RbacManifests.CERTIFICATES)
                            .get())
                    .isNull();
            assertForbidden(() -> engine.secrets()
                    .inNamespace(InstallManifests.NAMESPACE)
                    .withName("another")
                    .get());
            assertForbidden(() -> engine.secrets().inNamespace(namespace).list());
            assertForbidden(() ->
                    engine.secrets().inNamespace(namespace).withName("any").get());
            assertForbidden(() -> engine.serviceAccounts().inAnyNamespace().list());
        }
    }

    private static void assertForbidden(Runnable request) {
        assertThatThrownBy(request::run)
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        refused -> assertThat(refused.getCode()).isEqualTo(403));
    }

    private MLTrainResource running(String namespace) {
        unregister();
        MLTrainResource object = MLTrainDocuments.resource(Jobs.train());
        object.getMetadata().setNamespace(namespace);
        MLTrainResource stored = client.resource(object).create();
        stored.setStatus(MLTrainStatuses.of(
                Jobs.in(Phase.RUNNING), Optional.of(Jobs.progress(400)), Optional.empty(), 1, Jobs.NOW));
        return client.resource(stored).updateStatus();
    }
}

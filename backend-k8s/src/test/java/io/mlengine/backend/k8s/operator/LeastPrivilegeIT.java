package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.mlengine.backend.k8s.cluster.LeaderLease;
import io.mlengine.backend.k8s.cluster.LeadershipListener;
import io.mlengine.backend.k8s.cluster.LeaseTimes;
import io.mlengine.backend.k8s.cluster.ObservedRequests;
import io.mlengine.backend.k8s.cluster.RequestObserver;
import io.mlengine.backend.k8s.resource.InstallManifests;
import io.mlengine.backend.k8s.resource.MLUsageResource;
import io.mlengine.backend.k8s.resource.RbacManifests;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.FakeNodes;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodScript;
import io.mlengine.backend.k8s.webhook.ReviewObserver;
import io.mlengine.backend.k8s.webhook.WebhookConfigurations;
import io.mlengine.backend.k8s.webhook.WebhookSettings;
import io.mlengine.backend.k8s.webhook.Webhooks;
import io.mlengine.core.time.SystemClock;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rights of the manifest are enough for all that the controller does; it never asks for more. */
@Timeout(240)
class LeastPrivilegeIT {
    private final KubernetesServer server = KubernetesServer.shared();
    private final JobsFixture jobs = new JobsFixture(server, pod -> PodScript.runsUntilDeleted());
    private final String own = server.newNamespace();
    private final List<HasMetadata> roles = RbacManifests.engine(own);
    private final Set<String> used = new ConcurrentSkipListSet<>();
    private final Set<String> refused = new ConcurrentSkipListSet<>();

    @BeforeEach
    void install() {
        roles.forEach(object -> jobs.client.resource(object).serverSideApply());
        jobs.nodes.add(1, 2);
    }

    @AfterEach
    void remove() {
        jobs.close();
        roles.forEach(object -> jobs.client.resource(object).delete());
    }

    private Config account() {
        try (KubernetesClient client = server.clientOf(own, RbacManifests.NAME)) {
            return client.getConfiguration();
        }
    }

    private void note(String verb, String resource, int status, Duration took) {
        used.add(verb + " " + resource);
        if (status == 401 || status == 403) {
            refused.add(verb + " " + resource + " " + status);
        }
    }

    @Test
    void aJobAndAGangOfOthersGoThroughAllThatMayHappen() {
        jobs.startOperator(account(), this::note);
        jobs.apply(jobs.train("digits", 2));
        jobs.await("digits", "Running");
        jobs.client
                .pods()
                .inNamespace(jobs.namespace)
                .withName("digits-worker-0-a1")
                .withGracePeriod(0)
                .delete();
        jobs.await(
                "digits",
                "runs again",
                status -> "Running".equals(status.phase()) && Integer.valueOf(2).equals(status.attempt()));
        jobs.client.resource(stranger("waits", "")).create();
        Await.until(
                "it is told",
                () -> events().stream().anyMatch(event -> event.getReason().equals("FailedScheduling")));
        jobs.client.resource(stranger("asks", "research")).create();
        Await.until(
                "it is told",
                () -> events().stream().anyMatch(event -> event.getReason().equals("QueueForbidden")));
        jobs.succeed("digits");
        jobs.await("digits", "Succeeded");
        Await.until(
                "its usage is written",
                () -> !jobs.client
                        .resources(MLUsageResource.class)
                        .inNamespace(jobs.namespace)
                        .list()
                        .getItems()
                        .isEmpty());
        Await.until("the next one has the place", () -> node("waits") != null);
        jobs.remove("digits");

        assertThat(refused).isEmpty();
        assertThat(used)
                .contains(
                        "PATCH mltrains",
                        "PATCH mltrains/status",
                        "POST pods",
                        "POST pods/binding",
                        "PATCH pods/status",
                        "DELETE pods",
                        "POST services",
                        "POST secrets",
                        "DELETE secrets",
                        "POST events",
                        "POST mlusages",
                        "POST subjectaccessreviews");
        assertThat(used).noneMatch(request -> request.matches("(GET|WATCH) secrets"));
    }

    private List<Event> events() {
        return jobs.client.v1().events().inNamespace(jobs.namespace).list().getItems();
    }

    private Pod stranger(String name, String queue) {
        PodBuilder pod = new PodBuilder()
                .withNewMetadata()
                .withNamespace(jobs.namespace)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withSchedulerName("mlengine")
                .addNewContainer()
                .withName("main")
                .withImage("localhost/work:1")
                .withNewResources()
                .addToLimits(FakeNodes.GPU, new Quantity("1"))
                .endResources()
                .endContainer()
                .endSpec();
        return queue.isEmpty()
                ? pod.build()
                : pod.editMetadata()
                        .addToLabels("mlengine.io/queue", queue)
                        .endMetadata()
                        .build();
    }

    private @Nullable String node(String pod) {
        return jobs.client
                .pods()
                .inNamespace(jobs.namespace)
                .withName(pod)
                .get()
                .getSpec()
                .getNodeName();
    }

    @Test
    void aLeaderIsElectedAndGivesUp() {
        try (SystemClock clock = new SystemClock()) {
            LeaderLease lease = LeaderLease.create(
                    account(),
                    own,
                    LeaderLease.NAME,
                    "one",
                    LeaseTimes.of(Duration.ofSeconds(2)),
                    clock,
                    Runnable::run,
                    RequestObserver.NONE);
            lease.start(new LeadershipListener() {
                @Override
                public void gained(long token) {}

                @Override
                public void lost(String reason) {}
            });
            Await.until("it leads", () -> lease.leadership().isHeld());
            lease.close();
        }
        assertThat(jobs.client
                        .leases()
                        .inNamespace(own)
                        .withName(LeaderLease.NAME)
                        .get()
                        .getSpec()
                        .getHolderIdentity())
                .isNull();
    }

    @Test
    void certificatesAreMadeRenewedAndPublished() {
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
        WebhookSettings settings = WebhookSettings.builder()
                .namespace(own)
                .service(InstallManifests.WEBHOOK_SERVICE)
                .serverMinor(20)
                .port(0)
                .checkEvery(Duration.ofMillis(200))
                .build();
        HasMetadata registration = new WebhookConfigurations(settings, Optional.empty()).mutating();
        jobs.client.resource(registration).serverSideApply();
        try (KubernetesClient account = ObservedRequests.of(
                                new KubernetesClientBuilder().withConfig(account()), this::note)
                        .build();
                Webhooks webhooks = Webhooks.start(
                        settings,
                        new Webhooks.Surroundings(account, train -> List.of(), InstantSource.system(), timer))) {
            assertThat(webhooks.bundleTrouble()).isEmpty();
            // What is unreadable is replaced.
            jobs.client
                    .secrets()
                    .inNamespace(own)
                    .withName(RbacManifests.CERTIFICATES)
                    .edit(secret -> {
                        secret.getData().put("tls.crt", "");
                        return secret;
                    });
            Await.until("it is written again", () -> used.contains("PUT secrets"));
            assertThat(used).contains("POST secrets", "PATCH mutatingwebhookconfigurations");
            assertThat(refused).isEmpty();
        } finally {
            jobs.client.resource(registration).delete();
            timer.shutdownNow();
        }
    }

    private WebhookService outside(SystemClock clock) {
        return new WebhookService(
                OperatorSettings.builder()
                        .webhookPort(0)
                        .webhookUrl(URI.create("https://127.0.0.1:9443"))
                        .build(),
                new ClusterAddress(account(), own),
                train -> List.of(),
                ReviewObserver.NONE,
                this::note,
                clock);
    }

    private Resource<MutatingWebhookConfiguration> mutating() {
        return jobs.client
                .admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName(RbacManifests.NAME);
    }

    private Resource<ValidatingWebhookConfiguration> validating() {
        return jobs.client
                .admissionRegistration()
                .v1()
                .validatingWebhookConfigurations()
                .withName(RbacManifests.NAME);
    }

    @Test
    void webhooksOutsideTheClusterRegisterThemselvesAndTakeThatBack() {
        try (SystemClock clock = new SystemClock()) {
            WebhookService webhooks = outside(clock);
            webhooks.start();
            assertThat(mutating().get()).isNotNull();
            assertThat(validating().get()).isNotNull();

            webhooks.close();
            assertThat(mutating().get()).isNull();
            assertThat(validating().get()).isNull();
            assertThat(refused).isEmpty();
            assertThat(used)
                    .as("its requests are counted")
                    .contains(
                            "PATCH mutatingwebhookconfigurations",
                            "PATCH validatingwebhookconfigurations",
                            "DELETE mutatingwebhookconfigurations",
                            "DELETE validatingwebhookconfigurations");
        } finally {
            mutating().delete();
            validating().delete();
        }
    }

    @Test
    void webhooksThatMayNotUnregisterEndAllTheSame() {
        try (SystemClock clock = new SystemClock()) {
            WebhookService webhooks = outside(clock);
            webhooks.start();
            jobs.client
                    .rbac()
                    .clusterRoleBindings()
                    .withName(RbacManifests.NAME)
                    .delete();
            Await.until("the right is gone", () -> {
                try (KubernetesClient account = server.clientOf(own, RbacManifests.NAME)) {
                    account.resource(mutating().get()).get();
                    return false;
                } catch (KubernetesClientException refusal) {
                    return refusal.getCode() == 403;
                }
            });

            webhooks.close();
            assertThat(refused).isNotEmpty();
            assertThat(mutating().get()).isNotNull();
        } finally {
            mutating().delete();
            validating().delete();
        }
    }
}

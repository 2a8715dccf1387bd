package io.mlengine.backend.k8s.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.testing.Await;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Certificates in a real cluster: shared, rotated, and trusted by the API server all the time. */
class CertificatesIT {
    private static final String SECRET = "mlengine-webhook-tls";

    private final WebhookCluster cluster = new WebhookCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    private SecretCertificates certificates(CertificateSource.Listener listener) {
        CertificateRotation rotation = new CertificateRotation(
                new CertificateMaker(new SecureRandom()),
                List.of("127.0.0.1"),
                Duration.ofDays(90),
                Duration.ofDays(30));
        return SecretCertificates.start(
                cluster.client,
                cluster.own,
                SECRET,
                rotation,
                cluster::now,
                listener,
                cluster.timer,
                Duration.ofMillis(100));
    }

    @Test
    void serversThatStartAtOnceShareOneAuthority() {
        int count = 8;
        CyclicBarrier start = new CyclicBarrier(count);
        ConcurrentLinkedQueue<String> bundles = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<SecretCertificates>> started = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            started.add(CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            start.await();
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                        return certificates((identity, bundle) -> bundles.add(bundle.orElseThrow() + identity));
                    },
                    task -> new Thread(task).start()));
        }
        started.forEach(future -> future.join().close());

        assertThat(bundles).hasSize(count);
        assertThat(bundles.stream().distinct()).hasSize(1);
    }

    @Test
    void aDeletedSecretIsWrittenAgainAsItWas() {
        List<KeyIdentity> shown = new CopyOnWriteArrayList<>();
        try (SecretCertificates certificates = certificates((identity, bundle) -> shown.add(identity))) {
            assertThat(certificates).isNotNull();
            Secret before = secret();
            cluster.client.resource(before).delete();

            Await.until("the secret is there again", () -> secret() != null);

            assertThat(secret().getData()).isEqualTo(before.getData());
            assertThat(shown).hasSize(1);
        }
    }

    @Test
    void aSecretOfSomebodyElseIsNotTouched() {
        Secret foreign = cluster.client
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(SECRET)
                        .withNamespace(cluster.own)
                        .endMetadata()
                        .addToStringData("password", "hunter2")
                        .build())
                .create();

        assertThatThrownBy(() -> certificates((identity, bundle) -> {}))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("is not the engine's")
                .hasMessageNotContaining("hunter2");
        assertThat(secret().getMetadata().getResourceVersion())
                .isEqualTo(foreign.getMetadata().getResourceVersion());
    }

    @Test
    void aBundleThatIsBrokenByHandIsRepaired() {
        cluster.start();
        ValidatingWebhookConfiguration right = validating("mlengine");

        cluster.client
                .resource(right)
                .edit(configuration -> new ValidatingWebhookConfigurationBuilder(configuration)
                        .editWebhook(0)
                        .editClientConfig()
                        .withCaBundle("")
                        .endClientConfig()
                        .endWebhook()
                        .build());

        Await.until("the bundle is right", () -> bundle("mlengine").equals(bundle(right)));
        Await.until("jobs are judged again", () -> {
            try {
                return cluster.trains()
                                .resource(cluster.train("again"))
                                .dryRun()
                                .create()
                        != null;
            } catch (KubernetesClientException notYet) {
                return false;
            }
        });
    }

    @Test
    void whatTheApiServerDoesNotLetUsMendMakesUsUnready() {
        Webhooks webhooks = cluster.start();
        assertThat(webhooks.serverTrouble()).isEmpty();
        assertThat(webhooks.certificateTrouble()).isEmpty();
        assertThat(webhooks.bundleTrouble()).isEmpty();

        cluster.offset.set(Duration.ofDays(-1));
        assertThat(webhooks.certificateTrouble()).contains("is the clock right?");
        cluster.offset.set(Duration.ofDays(1_000));
        assertThat(webhooks.certificateTrouble()).contains("has expired at ");
        cluster.offset.set(Duration.ZERO);

        cluster.client
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("powerless")
                        .withNamespace(cluster.own)
                        .endMetadata()
                        .build())
                .create();
        try (KubernetesClient powerless = cluster.server.clientOf(cluster.own, "powerless");
                CaBundles bundles = new CaBundles(powerless, "mlengine", cluster.timer, Duration.ofHours(1))) {
            bundles.publish("any");
            assertThat(bundles.trouble())
                    .isEqualTo("MutatingWebhookConfiguration could not be read or changed: status 403;"
                            + " ValidatingWebhookConfiguration could not be read or changed: status 403");
        }
    }

    @Test
    void configurationsOfOthersAreNotTouched() {
        ValidatingWebhookConfiguration foreign = cluster.client
                .resource(new ValidatingWebhookConfigurationBuilder()
                        .withNewMetadata()
                        .withName("foreign-" + cluster.own)
                        .endMetadata()
                        .build())
                .create();
        cluster.start();

        assertThat(validating("foreign-" + cluster.own).getMetadata().getResourceVersion())
                .isEqualTo(foreign.getMetadata().getResourceVersion());
        cluster.client.resource(foreign).delete();
    }

    @Test
    void authorityAndCertificateAreRotatedUnderLoadWithoutAFailedRequest() {
        cluster.offset.set(Duration.ofDays(-20));
        cluster.start(settings -> settings.authorityLife(Duration.ofDays(29)).certificateLife(Duration.ofDays(29)));
        String first = certificate();
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicInteger answered = new AtomicInteger();
        CompletableFuture<Void> load = CompletableFuture.runAsync(
                () -> {
                    while (!isOver.get()) {
                        cluster.trains()
                                .resource(cluster.train("load"))
                                .dryRun()
                                .create();
                        answered.incrementAndGet();
                    }
                },
                task -> new Thread(task).start());
        awaitMore(answered);

        cluster.offset.set(Duration.ofMinutes(-10));
        Await.until(
                "both authorities are trusted",
                () -> certificatesOf(bundle("mlengine")) == 2 && !load.isCompletedExceptionally());
        assertThat(certificate()).isEqualTo(first);
        awaitMore(answered);

        cluster.offset.set(Duration.ZERO);
        Await.until(
                "the new authority has signed", () -> !certificate().equals(first) || load.isCompletedExceptionally());
        awaitMore(answered);
        isOver.set(true);

        load.join();
        assertThat(certificatesOf(bundle("mlengine"))).isEqualTo(2);
    }

    private static void awaitMore(AtomicInteger answered) {
        int before = answered.get();
        Await.until("jobs are judged", () -> answered.get() > before + 20);
    }

    private static int certificatesOf(String bundle) {
        String pem = new String(java.util.Base64.getDecoder().decode(bundle), java.nio.charset.StandardCharsets.UTF_8);
        return Pem.certificates("bundle", pem).size();
    }

    private String certificate() {
        return Optional.ofNullable(secret().getData().get("tls.crt")).orElse("");
    }

    private Secret secret() {
        return cluster.client
                .secrets()
                .inNamespace(cluster.own)
                .withName(SECRET)
                .get();
    }

    private ValidatingWebhookConfiguration validating(String name) {
        return cluster.client
                .admissionRegistration()
                .v1()
                .validatingWebhookConfigurations()
                .withName(name)
                .get();
    }

    private String bundle(String name) {
        return bundle(validating(name));
    }

    private static String bundle(ValidatingWebhookConfiguration configuration) {
        String bundle = configuration.getWebhooks().get(0).getClientConfig().getCaBundle();
        return bundle == null ? "" : bundle;
    }
}

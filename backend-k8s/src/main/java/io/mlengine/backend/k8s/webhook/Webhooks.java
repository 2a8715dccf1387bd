package io.mlengine.backend.k8s.webhook;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.backend.k8s.pod.PodManifests;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Violation;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The running webhooks: server, certificates and registration. Every replica of the operator serves them, leader or not.
 * All methods may be called from any thread and may block.
 */
public final class Webhooks implements AutoCloseable {
    private static final Duration KEEP_PERMISSIONS = Duration.ofSeconds(5);

    private final WebhookSettings settings;
    private final KubernetesClient client;
    private final AdmissionServer server;
    private final CertificateSource certificates;
    private final Identity identity;

    private Webhooks(
            WebhookSettings settings,
            KubernetesClient client,
            AdmissionServer server,
            CertificateSource certificates,
            Identity identity) {
        this.settings = settings;
        this.client = client;
        this.server = server;
        this.certificates = certificates;
        this.identity = identity;
    }

    /**
     * What the webhooks get from outside.
     *
     * @param client the API server
     * @param rules what the engine would reject: {@code MLEngine.validate}
     * @param time the time
     * @param timer runs checks and ends slow requests; stays the caller's
     */
    public record Surroundings(
            KubernetesClient client,
            Function<MLTrain, List<Violation>> rules,
            InstantSource time,
            ScheduledExecutorService timer) {}

    /**
     * Starts to serve. Nothing is registered by this; what is registered already gets the right {@code caBundle}.
     *
     * @param settings how to serve
     * @param surroundings what is given
     * @return the running webhooks
     * @throws RuntimeException when there are no certificates, or the server cannot listen
     */
    public static Webhooks start(WebhookSettings settings, Surroundings surroundings) {
        KubernetesClient client = surroundings.client();
        ScheduledExecutorService timer = surroundings.timer();
        Identity identity = new Identity(
                settings.certificateFolder().isPresent()
                        ? null
                        : new CaBundles(client, settings.configuration(), timer, settings.checkEvery()));
        CertificateSource certificates = null;
        try {
            certificates = certificates(settings, surroundings, identity);
            AdmissionServer server = AdmissionServer.start(
                    new InetSocketAddress(settings.listenAddress(), settings.port()),
                    identity.keys(),
                    admitters(settings, surroundings),
                    ServerLimits.DEFAULT,
                    timer);
            return new Webhooks(settings, client, server, certificates, identity);
        } catch (RuntimeException e) {
            identity.close();
            if (certificates != null) {
                certificates.close();
            }
            throw e;
        }
    }

    private static CertificateSource certificates(
            WebhookSettings settings, Surroundings surroundings, Identity identity) {
        ScheduledExecutorService timer = surroundings.timer();
        return settings.certificateFolder()
                .<CertificateSource>map(
                        folder -> FolderCertificates.start(folder, identity, timer, settings.checkEvery()))
                .orElseGet(() -> SecretCertificates.start(
                        surroundings.client(),
                        settings.namespace(),
                        settings.secret(),
                        new CertificateRotation(
                                new CertificateMaker(new SecureRandom()),
                                settings.hosts(),
                                settings.authorityLife(),
                                settings.certificateLife()),
                        surroundings.time(),
                        identity,
                        timer,
                        settings.checkEvery()));
    }

    private static Map<String, Admitter> admitters(WebhookSettings settings, Surroundings surroundings) {
        TrainRules rules = new TrainRules(
                surroundings.rules(),
                new KubernetesRules(new PodManifests(PodConfig.builder()
                        .gitSyncImage(settings.gitSyncImage())
                        .sideCars(settings.serverMinor() >= PodConfig.FIRST_WITH_SIDE_CARS)
                        .build())));
        QueueAccess queues = new CachedQueueAccess(
                new ReviewedQueueAccess(surroundings.client()), surroundings.time(), KEEP_PERMISSIONS);
        PodDecorator decorator = new PodDecorator(settings.gitSyncImage(), settings.serverMinor());
        StoredObjects stored = new StoredObjects(surroundings.client());
        return Map.of(
                WebhookConfigurations.VALIDATE_MLTRAIN, new TrainAdmission(rules, queues),
                WebhookConfigurations.VALIDATE_SCALE, new ScaleAdmission(rules, stored::train),
                WebhookConfigurations.VALIDATE_MLQUEUE, new QueueAdmission(stored::queues),
                WebhookConfigurations.MUTATE_MLTRAIN, new TrainMutation(rules),
                WebhookConfigurations.MUTATE_POD, new PodAdmission(decorator, settings.namespace()));
    }

    /**
     * The port that the server listens on.
     *
     * @return the port
     */
    public int port() {
        return server.port();
    }

    /**
     * Registers the webhooks, by server-side apply. Inside a cluster the manifest does that; an operator that runs outside
     * does it itself.
     */
    public void register() {
        WebhookSettings known =
                WebhookSettings.builder().from(settings).port(port()).build();
        WebhookConfigurations configurations = new WebhookConfigurations(known, identity.bundle());
        for (HasMetadata configuration : List.of(configurations.mutating(), configurations.validating())) {
            client.resource(configuration)
                    .patch(new PatchContext.Builder()
                            .withPatchType(PatchType.SERVER_SIDE_APPLY)
                            .withFieldManager(Labels.MANAGER)
                            .withForce(true)
                            .build());
        }
    }

    /** Removes the registration, so that the API server asks nobody any more. */
    public void unregister() {
        WebhookConfigurations configurations = new WebhookConfigurations(settings, Optional.empty());
        client.resource(configurations.mutating()).delete();
        client.resource(configurations.validating()).delete();
    }

    /** Answers what has been asked, then stops. The registration stays: it says what happens while nobody answers. */
    @Override
    public void close() {
        certificates.close();
        identity.close();
        server.close();
    }

    /** Hands changed certificates to those who need them. */
    private static final class Identity implements CertificateSource.Listener, AutoCloseable {
        private final @Nullable CaBundles bundles;
        private @Nullable SwappableKeys keys;
        private volatile Optional<String> bundle = Optional.empty();

        Identity(@Nullable CaBundles bundles) {
            this.bundles = bundles;
        }

        @Override
        public synchronized void changed(KeyIdentity identity, Optional<String> trusted) {
            bundle = trusted;
            // Trusted before it is shown.
            if (bundles != null && trusted.isPresent()) {
                bundles.publish(trusted.get());
            }
            if (keys == null) {
                keys = new SwappableKeys(identity);
            } else {
                keys.swap(identity);
            }
        }

        synchronized SwappableKeys keys() {
            if (keys == null) {
                throw new IllegalStateException("no certificates");
            }
            return keys;
        }

        Optional<String> bundle() {
            return bundle;
        }

        @Override
        public void close() {
            if (bundles != null) {
                bundles.close();
            }
        }
    }
}

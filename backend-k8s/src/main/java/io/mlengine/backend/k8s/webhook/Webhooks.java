package io.mlengine.backend.k8s.webhook;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.backend.k8s.pod.PodManifests;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Violation;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
    private final Registration registration;
    private final AdmissionServer server;
    private final CertificateSource certificates;
    private final Identity identity;
    private final ServerPing ping;
    private final InstantSource time;

    private Webhooks(
            WebhookSettings settings,
            Surroundings surroundings,
            AdmissionServer server,
            CertificateSource certificates,
            Identity identity) {
        this.settings = settings;
        this.registration = new Registration(surroundings.client());
        this.time = surroundings.time();
        this.server = server;
        this.certificates = certificates;
        this.identity = identity;
        this.ping = ServerPing.start(
                new InetSocketAddress(settings.listenAddress(), server.port()),
                () -> identity.current().certificate());
    }

    /**
     * What the webhooks get from outside.
     *
     * @param client the API server
     * @param rules what the engine would reject: {@code MLEngine.validate}
     * @param time the time
     * @param timer runs checks and ends slow requests; stays the caller's
     * @param observer hears of each review
     */
    public record Surroundings(
            KubernetesClient client,
            Function<MLTrain, List<Violation>> rules,
            InstantSource time,
            ScheduledExecutorService timer,
            ReviewObserver observer) {
        /** Surroundings in which nobody counts reviews. */
        public Surroundings(
                KubernetesClient client,
                Function<MLTrain, List<Violation>> rules,
                InstantSource time,
                ScheduledExecutorService timer) {
            this(client, rules, time, timer, ReviewObserver.NONE);
        }
    }

    /**
     * Starts to serve. Nothing is registered by this; what is registered already gets the right {@code caBundle}.
     *
     * @param settings how to serve
     * @param surroundings what is given
     * @return the running webhooks
     * @throws RuntimeException when there are no certificates, or the server cannot listen, or a service is registered and
     *     these are to be reached from outside
     */
    public static Webhooks start(WebhookSettings settings, Surroundings surroundings) {
        KubernetesClient client = surroundings.client();
        if (settings.outsideHost().isPresent()) {
            // Before anything is made that is not for the webhooks of another controller, such as a bundle.
            new Registration(client).checkFree(new WebhookConfigurations(settings, Optional.empty()));
        }
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
                    observed(admitters(settings, surroundings), surroundings.observer()),
                    ServerLimits.DEFAULT,
                    timer);
            return new Webhooks(settings, surroundings, server, certificates, identity);
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

    private static Map<String, Admitter> observed(Map<String, Admitter> admitters, ReviewObserver observer) {
        Map<String, Admitter> observed = new TreeMap<>();
        admitters.forEach((path, admitter) -> observed.put(path, new ObservedAdmitter(path, admitter, observer)));
        return observed;
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
                WebhookConfigurations.VALIDATE_MLTRAIN, new TrainAdmission(rules, queues, stored::queues),
                WebhookConfigurations.VALIDATE_SCALE, new ScaleAdmission(rules, stored::train),
                WebhookConfigurations.VALIDATE_MLQUEUE, new QueueAdmission(stored::queues),
                WebhookConfigurations.MUTATE_MLTRAIN, new TrainMutation(rules),
                WebhookConfigurations.MUTATE_POD, new PodAdmission(decorator, settings.namespace()));
    }

    /**
     * What is wrong with the server; never blocks.
     *
     * @return empty while it answers on this host by TLS, or has so much to do that others must wait: neither a restart nor
     *     another replica helps against those who keep it busy
     */
    public String serverTrouble() {
        return server.isBusy() ? "" : ping.trouble();
    }

    /**
     * What is wrong with the certificate that is shown.
     *
     * @return empty while it is valid
     */
    public String certificateTrouble() {
        X509Certificate shown = identity.current().certificate();
        Instant now = time.instant();
        Instant from = shown.getNotBefore().toInstant();
        Instant until = shown.getNotAfter().toInstant();
        return now.isBefore(from)
                ? "the certificate is valid from " + from + ", is the clock right?"
                : now.isAfter(until) ? "the certificate has expired at " + until : "";
    }

    /**
     * Until when the certificate that is shown is valid.
     *
     * @return the time
     */
    public Instant certificateValidUntil() {
        return identity.current().certificate().getNotAfter().toInstant();
    }

    /**
     * What is wrong with the API server's trust in us.
     *
     * @return empty while what is registered trusts us, nothing is registered, or somebody else sees to it
     */
    public String bundleTrouble() {
        return identity.bundleTrouble();
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
        registration.apply(configurations());
    }

    /**
     * Removes the registration, so that the API server asks nobody any more; one that sends it elsewhere is not ours and
     * stays.
     *
     * @throws RuntimeException when it could not be removed: jobs are refused until somebody does it
     */
    public void unregister() {
        registration.remove(configurations());
    }

    private WebhookConfigurations configurations() {
        WebhookSettings known =
                WebhookSettings.builder().from(settings).port(port()).build();
        return new WebhookConfigurations(known, identity.bundle());
    }

    /** Answers what has been asked, then stops. The registration stays: it says what happens while nobody answers. */
    @Override
    public void close() {
        ping.close();
        certificates.close();
        identity.close();
        server.close();
    }

    /** Hands changed certificates to those who need them. */
    private static final class Identity implements CertificateSource.Listener, AutoCloseable {
        private final @Nullable CaBundles bundles;
        private volatile @Nullable SwappableKeys keys;
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
            SwappableKeys shown = keys;
            if (shown == null) {
                keys = new SwappableKeys(identity);
            } else {
                shown.swap(identity);
            }
        }

        /** Not synchronized: whoever asks how we are must not wait for the API server. */
        SwappableKeys keys() {
            SwappableKeys shown = keys;
            if (shown == null) {
                throw new IllegalStateException("no certificates");
            }
            return shown;
        }

        Optional<String> bundle() {
            return bundle;
        }

        KeyIdentity current() {
            return keys().current();
        }

        String bundleTrouble() {
            return bundles == null ? "" : bundles.trouble();
        }

        @Override
        public void close() {
            if (bundles != null) {
                bundles.close();
            }
        }
    }
}

package io.mlengine.backend.k8s.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mlengine.backend.k8s.cluster.ObservedRequests;
import io.mlengine.backend.k8s.cluster.RequestObserver;
import io.mlengine.backend.k8s.resource.RbacManifests;
import io.mlengine.backend.k8s.webhook.ReviewObserver;
import io.mlengine.backend.k8s.webhook.WebhookSettings;
import io.mlengine.backend.k8s.webhook.Webhooks;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.time.EngineClock;
import io.mlengine.spi.model.Violation;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admission webhooks of a process, and how they are. One that runs outside its cluster registers them when it starts
 * and takes the registration back when it ends, since nobody else would answer.
 */
public final class WebhookService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookService.class);
    private static final int HTTPS = 443;
    private static final String NOT_STARTED = "not started";

    /** A server that has been silent for so long does not come back by itself. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final OperatorSettings settings;
    private final ClusterAddress address;
    private final Function<MLTrain, List<Violation>> rules;
    private final ReviewObserver observer;
    private final RequestObserver requests;
    private final EngineClock clock;
    private final ScheduledExecutorService timer;
    private @Nullable KubernetesClient client;
    private volatile @Nullable Webhooks webhooks;

    /**
     * Webhooks that have not started.
     *
     * @param settings how the process works
     * @param address which cluster it works for
     * @param rules everything that is wrong with a job, as an engine would say; called by several threads
     * @param observer hears of each review
     * @param requests hears of each request to the API server
     * @param clock the time
     */
    public WebhookService(
            OperatorSettings settings,
            ClusterAddress address,
            Function<MLTrain, List<Violation>> rules,
            ReviewObserver observer,
            RequestObserver requests,
            EngineClock clock) {
        this.settings = settings;
        this.address = address;
        this.rules = rules;
        this.observer = observer;
        this.requests = requests;
        this.clock = clock;
        this.timer = Executors.newScheduledThreadPool(2, task -> {
            Thread thread = new Thread(task, "mlengine-webhook-timer");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Begins to serve. */
    void start() {
        KubernetesClient opened = ObservedRequests.of(
                        new KubernetesClientBuilder().withConfig(address.config()), requests)
                .build();
        client = opened;
        Webhooks serving = Webhooks.start(
                settings(settings, address.namespace(), ServerVersion.minor(opened)),
                new Webhooks.Surroundings(opened, rules, InstantSource.system(), timer, observer));
        webhooks = serving;
        if (settings.webhookUrl().isPresent()) {
            serving.register();
        }
    }

    static WebhookSettings settings(OperatorSettings settings, String namespace, int serverMinor) {
        WebhookSettings.Builder webhooks = WebhookSettings.builder()
                .namespace(namespace)
                .port(settings.webhookPort())
                .outsideHost(settings.webhookUrl().map(URI::getHost))
                .serverMinor(serverMinor)
                .certificateFolder(settings.webhookCertificates())
                .gitSyncImage(settings.gitSyncImage());
        settings.webhookUrl().ifPresent(url -> webhooks.outsidePort(url.getPort() < 0 ? HTTPS : url.getPort()));
        return webhooks.build();
    }

    /**
     * Until when the certificate that is shown is valid.
     *
     * @return the time, or empty before the start
     */
    public Optional<Instant> certificateValidUntil() {
        return Optional.ofNullable(webhooks).map(Webhooks::certificateValidUntil);
    }

    /**
     * What must hold for the API server to be sent here.
     *
     * @return the checks by name
     */
    public NamedChecks ready() {
        Map<String, Supplier<String>> checks = new LinkedHashMap<>();
        checks.put("webhook-server", () -> ask(Webhooks::serverTrouble));
        checks.put("webhook-certificate", () -> ask(Webhooks::certificateTrouble));
        checks.put("webhook-bundle", () -> ask(Webhooks::bundleTrouble));
        return new NamedChecks(checks);
    }

    /**
     * What only a restart mends.
     *
     * @return the checks by name
     */
    public NamedChecks live() {
        Supplier<String> server = () -> webhooks == null ? "" : ask(Webhooks::serverTrouble);
        return new NamedChecks(Map.of("webhook-server", new PatientCheck(server, PATIENCE, clock)));
    }

    private String ask(Function<Webhooks, String> question) {
        Webhooks serving = webhooks;
        return serving == null ? NOT_STARTED : question.apply(serving);
    }

    private static void unregister(Webhooks serving) {
        try {
            serving.unregister();
        } catch (RuntimeException e) {
            LOG.warn(
                    "the webhooks could not be unregistered, jobs are refused until they are: kubectl delete"
                            + " mutatingwebhookconfiguration,validatingwebhookconfiguration {} cause={}",
                    RbacManifests.NAME,
                    e.toString());
        }
    }

    @Override
    public void close() {
        Webhooks serving = webhooks;
        webhooks = null;
        if (serving != null) {
            if (settings.webhookUrl().isPresent()) {
                unregister(serving);
            }
            serving.close();
        }
        timer.shutdownNow();
        KubernetesClient opened = client;
        client = null;
        if (opened != null) {
            opened.close();
        }
    }
}

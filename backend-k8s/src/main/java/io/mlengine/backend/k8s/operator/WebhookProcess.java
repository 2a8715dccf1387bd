package io.mlengine.backend.k8s.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mlengine.backend.k8s.webhook.WebhookSettings;
import io.mlengine.backend.k8s.webhook.Webhooks;
import io.mlengine.core.api.Health;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Violation;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A controller that also serves the admission webhooks, whether it leads or not. One that runs outside its cluster
 * registers them when it starts and takes the registration back when it ends, since nobody else would answer.
 */
public final class WebhookProcess implements OperatorRuntime {
    private static final int HTTPS = 443;

    private final OperatorRuntime controller;
    private final OperatorSettings settings;
    private final ClusterAddress address;
    private final Function<MLTrain, List<Violation>> rules;
    private final ScheduledExecutorService timer;
    private @Nullable KubernetesClient client;
    private @Nullable Webhooks webhooks;

    /**
     * A process that has not started.
     *
     * @param controller the rest of the controller; started after the webhooks, closed before them
     * @param settings how it works
     * @param address which cluster it works for
     * @param rules everything that is wrong with a job, as an engine would say; called by several threads
     */
    public WebhookProcess(
            OperatorRuntime controller,
            OperatorSettings settings,
            ClusterAddress address,
            Function<MLTrain, List<Violation>> rules) {
        this.controller = controller;
        this.settings = settings;
        this.address = address;
        this.rules = rules;
        this.timer = Executors.newScheduledThreadPool(2, task -> {
            Thread thread = new Thread(task, "mlengine-webhook-timer");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public void start() {
        KubernetesClient opened =
                new KubernetesClientBuilder().withConfig(address.config()).build();
        client = opened;
        Webhooks serving = Webhooks.start(
                settings(settings, address.namespace(), ServerVersion.minor(opened)),
                new Webhooks.Surroundings(opened, rules, InstantSource.system(), timer));
        webhooks = serving;
        if (settings.webhookUrl().isPresent()) {
            serving.register();
        }
        controller.start();
    }

    static WebhookSettings settings(OperatorSettings settings, String namespace, int serverMinor) {
        WebhookSettings.Builder webhooks = WebhookSettings.builder()
                .namespace(namespace)
                .port(settings.webhookPort())
                .outsideHost(settings.webhookUrl().map(URI::getHost))
                .serverMinor(serverMinor)
                .gitSyncImage(settings.gitSyncImage());
        settings.webhookUrl().ifPresent(url -> webhooks.outsidePort(url.getPort() < 0 ? HTTPS : url.getPort()));
        return webhooks.build();
    }

    @Override
    public Health health() {
        return controller.health();
    }

    @Override
    public void close() {
        controller.close();
        Webhooks serving = webhooks;
        if (serving != null) {
            if (settings.webhookUrl().isPresent()) {
                serving.unregister();
            }
            serving.close();
        }
        timer.shutdownNow();
        KubernetesClient opened = client;
        if (opened != null) {
            opened.close();
        }
    }
}

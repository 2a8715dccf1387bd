package io.mlengine.cli.host;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mlengine.backend.k8s.operator.ClusterAddress;
import io.mlengine.backend.k8s.operator.ClusterCheck;
import io.mlengine.backend.k8s.operator.ClusterEngines;
import io.mlengine.backend.k8s.operator.EngineFactory;
import io.mlengine.backend.k8s.operator.NamedChecks;
import io.mlengine.backend.k8s.operator.OperatorProcess;
import io.mlengine.backend.k8s.operator.OperatorRuntime;
import io.mlengine.backend.k8s.operator.OperatorSettings;
import io.mlengine.backend.k8s.operator.Preflight;
import io.mlengine.backend.k8s.operator.WebhookProcess;
import io.mlengine.backend.k8s.operator.WebhookService;
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.backend.local.doctor.Check;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.Problem;
import io.mlengine.core.scheduling.PriorityPolicy;
import io.mlengine.core.time.EngineClock;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Controllers of a Kubernetes cluster. */
final class KubernetesControllers implements Controllers {
    private final Function<List<Path>, CatalogDocuments> catalogs;
    private final UnaryOperator<List<Path>> pluginFolders;

    /**
     * @param catalogs loads plugins of folders, besides the usual ones
     * @param pluginFolders adds the usual folders
     */
    KubernetesControllers(Function<List<Path>, CatalogDocuments> catalogs, UnaryOperator<List<Path>> pluginFolders) {
        this.catalogs = catalogs;
        this.pluginFolders = pluginFolders;
    }

    @Override
    public List<Check> checks(OperatorSettings settings) {
        ClusterAddress address = address(settings);
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(address.config()).build()) {
            return new Preflight(client, address.namespace(), settings)
                    .checks().stream().map(KubernetesControllers::check).toList();
        }
    }

    private static Check check(ClusterCheck check) {
        return new Check(
                check.name(), check.passed() ? Check.Status.OK : Check.Status.MISSING, check.found(), check.remedy());
    }

    private static ClusterAddress address(OperatorSettings settings) {
        try {
            return ClusterAddress.of(settings);
        } catch (IllegalArgumentException e) {
            throw Problem.of(
                            ExitCode.USAGE,
                            String.valueOf(e.getMessage()),
                            "name a file by --kubeconfig or $KUBECONFIG")
                    .raise(e);
        }
    }

    @Override
    public OperatorRuntime open(OperatorSettings settings, EngineClock clock) {
        OperatorMetrics metrics = new OperatorMetrics();
        ClusterAddress address = address(settings);
        Optional<WebhookService> webhooks =
                settings.servesWebhooks() ? Optional.of(webhooks(settings, address, metrics, clock)) : Optional.empty();
        OperatorProcess process = new OperatorProcess(
                settings,
                address,
                engines(settings, address, clock, metrics),
                new OperatorProcess.Checks(
                        webhooks.map(WebhookService::live).orElse(NamedChecks.NONE),
                        webhooks.map(WebhookService::ready).orElse(NamedChecks.NONE)),
                new OperatorProcess.Metrics(metrics::scrape, metrics::request),
                clock);
        metrics.leading(process::isLeading);
        return webhooks.<OperatorRuntime>map(serving -> new WebhookProcess(process, serving))
                .orElse(process);
    }

    private WebhookService webhooks(
            OperatorSettings settings, ClusterAddress address, OperatorMetrics metrics, EngineClock clock) {
        CatalogDocuments documents = catalogs.apply(settings.plugins());
        WebhookService webhooks =
                new WebhookService(settings, address, documents::judge, metrics::review, metrics::request, clock);
        metrics.certificate(webhooks::certificateValidUntil);
        return webhooks;
    }

    private EngineFactory engines(
            OperatorSettings settings, ClusterAddress address, EngineClock clock, OperatorMetrics metrics) {
        return new ClusterEngines(
                address.config(),
                settings.watchNamespaces(),
                PodConfig.builder().gitSyncImage(settings.gitSyncImage()).build(),
                clock,
                builder -> {
                    pluginFolders.apply(settings.plugins()).forEach(builder::plugins);
                    return builder.policy(metrics.measured(new PriorityPolicy()));
                },
                metrics::engine,
                metrics::request);
    }
}

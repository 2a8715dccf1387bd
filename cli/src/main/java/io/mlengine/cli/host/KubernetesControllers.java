package io.mlengine.cli.host;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
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
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.backend.local.doctor.Check;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.Problem;
import io.mlengine.core.metrics.MLEngineMetrics;
import io.mlengine.core.time.EngineClock;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
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
        PrometheusMeterRegistry registry = empty();
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        // Each engine has meters of its own, which go with it.
        AtomicReference<PrometheusMeterRegistry> ofEngine = new AtomicReference<>(empty());
        ClusterAddress address = address(settings);
        OperatorProcess process = new OperatorProcess(
                settings,
                address,
                engines(settings, address, clock, ofEngine),
                new OperatorProcess.Checks(new NamedChecks(Map.of()), new NamedChecks(Map.of())),
                () -> registry.scrape() + ofEngine.get().scrape(),
                clock);
        Gauge.builder("mlengine.operator.leading", process, one -> one.isLeading() ? 1 : 0)
                .description("1 while this process leads")
                .register(registry);
        if (!settings.servesWebhooks()) {
            return process;
        }
        CatalogDocuments documents = catalogs.apply(settings.plugins());
        return new WebhookProcess(process, settings, address, documents::judge);
    }

    private EngineFactory engines(
            OperatorSettings settings,
            ClusterAddress address,
            EngineClock clock,
            AtomicReference<PrometheusMeterRegistry> meters) {
        return new ClusterEngines(
                address.config(),
                settings.watchNamespaces(),
                PodConfig.builder().gitSyncImage(settings.gitSyncImage()).build(),
                clock,
                builder -> {
                    pluginFolders.apply(settings.plugins()).forEach(builder::plugins);
                    return builder;
                },
                engine -> {
                    MLEngineMetrics metrics = new MLEngineMetrics(engine);
                    PrometheusMeterRegistry registry = empty();
                    metrics.bindTo(registry);
                    meters.set(registry);
                    return () -> {
                        metrics.close();
                        meters.set(empty());
                    };
                });
    }

    private static PrometheusMeterRegistry empty() {
        return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }
}

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
import io.mlengine.backend.k8s.operator.NamedChecks;
import io.mlengine.backend.k8s.operator.OperatorProcess;
import io.mlengine.backend.k8s.operator.OperatorRuntime;
import io.mlengine.backend.k8s.operator.OperatorSettings;
import io.mlengine.backend.k8s.operator.Preflight;
import io.mlengine.backend.local.doctor.Check;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.Problem;
import io.mlengine.core.time.EngineClock;
import java.util.List;
import java.util.Map;

/** Controllers of a Kubernetes cluster. */
final class KubernetesControllers implements Controllers {
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
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        OperatorProcess process = new OperatorProcess(
                settings,
                address(settings),
                (token, leadership) -> {
                    throw new UnsupportedOperationException("the engine of a cluster is not assembled here yet");
                },
                new OperatorProcess.Checks(new NamedChecks(Map.of()), new NamedChecks(Map.of())),
                registry::scrape,
                clock);
        Gauge.builder("mlengine.operator.leading", process, one -> one.isLeading() ? 1 : 0)
                .description("1 while this process leads")
                .register(registry);
        return process;
    }
}

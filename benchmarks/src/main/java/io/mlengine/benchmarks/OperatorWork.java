package io.mlengine.benchmarks;

import io.mlengine.backend.k8s.operator.ClusterAddress;
import io.mlengine.backend.k8s.operator.ClusterEngines;
import io.mlengine.backend.k8s.operator.NamedChecks;
import io.mlengine.backend.k8s.operator.OperatorProcess;
import io.mlengine.backend.k8s.operator.OperatorSettings;
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.core.api.JobFilter;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.job.Phase;
import io.mlengine.core.time.SystemClock;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The whole controller with its election and endpoints, for one namespace; begun once it leads and knows its jobs. */
final class OperatorWork implements MeasuredJvm.Work {
    private static final int PATIENCE_MINUTES = 5;

    private final Path kubeconfig;
    /** Of the newest term: a controller that gets into trouble begins another. */
    private volatile @Nullable MLEngine engine;

    private OperatorWork(Path kubeconfig) {
        this.kubeconfig = kubeconfig;
    }

    public static void main(String[] arguments) {
        MeasuredJvm.serve(new OperatorWork(Path.of(arguments[0])));
    }

    @Override
    public AutoCloseable begin(String namespace) throws Exception {
        OperatorSettings settings = OperatorSettings.builder()
                .kubeconfig(kubeconfig)
                .namespace(namespace)
                .addWatchNamespace(namespace)
                .servesWebhooks(false)
                .metricsPort(0)
                .build();
        ClusterAddress address = ClusterAddress.of(settings);
        SystemClock clock = new SystemClock();
        CountDownLatch leading = new CountDownLatch(1);
        ClusterEngines engines = new ClusterEngines(
                address.config(), settings.watchNamespaces(), PodConfig.DEFAULT, clock, builder -> builder, started -> {
                    engine = started;
                    leading.countDown();
                    return () -> {};
                });
        NamedChecks none = new NamedChecks(Map.of());
        OperatorProcess process = new OperatorProcess(
                settings,
                address,
                engines,
                new OperatorProcess.Checks(none, none),
                OperatorProcess.Metrics.NONE,
                clock);
        process.start();
        if (!leading.await(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
            throw new IllegalStateException("the controller does not lead");
        }
        return process;
    }

    /** How many jobs are in a phase. */
    @Override
    public String answer(String question) {
        MLEngine asked = engine;
        if (asked == null) {
            throw new IllegalStateException("nothing has begun that could be asked for " + question);
        }
        return Integer.toString(
                asked.list(JobFilter.builder().addPhase(Phase.valueOf(question)).build())
                        .size());
    }
}

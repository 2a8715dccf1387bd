package io.mlengine.backend.k8s.operator;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mlengine.backend.k8s.KubernetesBackend;
import io.mlengine.backend.k8s.KubernetesConfig;
import io.mlengine.backend.k8s.cluster.ClusterSettings;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.cluster.ProcessIdentity;
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.backend.k8s.store.KubernetesJobStore;
import io.mlengine.backend.k8s.store.KubernetesUsageSink;
import io.mlengine.core.MLEngines;
import io.mlengine.core.api.CloseMode;
import io.mlengine.core.api.Health;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.time.EngineClock;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Engines of a cluster: the API server is their store, its nodes run their replicas. */
public final class ClusterEngines implements EngineFactory {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterEngines.class);
    private static final int WRITERS = 16;

    private final Config config;
    private final Set<String> namespaces;
    private final PodConfig pods;
    private final EngineClock clock;
    private final String owner = ProcessIdentity.create();
    private final UnaryOperator<MLEngines.Builder> setup;
    private final Function<MLEngine, AutoCloseable> companion;

    /**
     * Engines for a cluster.
     *
     * @param config how to reach the API server
     * @param namespaces whose jobs are run, empty for all
     * @param pods what is the same in all pods
     * @param clock the time; not closed
     * @param setup says what an engine has besides store and backend, such as plugins and a policy
     * @param companion what goes along with each engine, such as its metrics; closed after it
     */
    public ClusterEngines(
            Config config,
            Set<String> namespaces,
            PodConfig pods,
            EngineClock clock,
            UnaryOperator<MLEngines.Builder> setup,
            Function<MLEngine, AutoCloseable> companion) {
        this.config = config;
        this.namespaces = Set.copyOf(namespaces);
        this.pods = pods;
        this.clock = clock;
        this.setup = setup;
        this.companion = companion;
    }

    @Override
    public RunningEngine start(long token, Leadership leadership) {
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS, threads());
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(config)
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
        try {
            KubernetesJobStore store = new KubernetesJobStore(client, namespaces, owner, leadership, writers, clock);
            KubernetesBackend backend = KubernetesBackend.create(
                    KubernetesConfig.builder()
                            .client(client)
                            .settings(ClusterSettings.builder()
                                    .leadership(leadership)
                                    .pods(pods)
                                    .namespaces(namespaces)
                                    .clock(clock)
                                    .build())
                            .build(),
                    store);
            MLEngine engine = setup.apply(MLEngines.builder())
                    .store(store)
                    .backend(backend)
                    .usageSink(new KubernetesUsageSink(client, leadership))
                    .build();
            return new Running(engine, store, client, writers, companion.apply(engine));
        } catch (RuntimeException e) {
            writers.shutdownNow();
            client.close();
            throw e;
        }
    }

    private static ThreadFactory threads() {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "mlengine-kubernetes-writer-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** An engine with what was made for it. */
    private record Running(
            MLEngine engine,
            KubernetesJobStore store,
            KubernetesClient client,
            ExecutorService writers,
            AutoCloseable companion)
            implements RunningEngine {
        @Override
        public Health health() {
            return store.isWatching() ? engine.health() : new Health(Health.Status.DOWN, blind());
        }

        private static SortedMap<String, String> blind() {
            return new TreeMap<>(Map.of("store", "a watch has ended for good"));
        }

        @Override
        public void close() {
            engine.close(CloseMode.DETACH);
            try {
                companion.close();
            } catch (Exception e) {
                LOG.warn("what went along with an engine could not be closed", e);
            }
            writers.shutdown();
            client.close();
        }
    }
}

package io.mlengine.backend.k8s.operator;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.ClusterParts;
import io.mlengine.backend.k8s.KubernetesClients;
import io.mlengine.backend.k8s.KubernetesConfig;
import io.mlengine.backend.k8s.cluster.ClusterSettings;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.cluster.ProcessIdentity;
import io.mlengine.backend.k8s.cluster.RequestObserver;
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.core.MLEngines;
import io.mlengine.core.api.CloseMode;
import io.mlengine.core.api.Health;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.time.EngineClock;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Engines of a cluster: the API server is their store, its nodes run their replicas. */
public final class ClusterEngines implements EngineFactory {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterEngines.class);

    private final Config config;
    private final Set<String> namespaces;
    private final PodConfig pods;
    private final EngineClock clock;
    private final String owner = ProcessIdentity.create();
    private final UnaryOperator<MLEngines.Builder> setup;
    private final Function<MLEngine, AutoCloseable> companion;
    private final RequestObserver requests;

    /**
     * Engines for a cluster whose requests nobody counts.
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
        this(config, namespaces, pods, clock, setup, companion, RequestObserver.NONE);
    }

    /**
     * Engines for a cluster.
     *
     * @param config how to reach the API server
     * @param namespaces whose jobs are run, empty for all
     * @param pods what is the same in all pods
     * @param clock the time; not closed
     * @param setup says what an engine has besides store and backend, such as plugins and a policy
     * @param companion what goes along with each engine, such as its metrics; closed after it
     * @param requests hears of each request to the API server
     */
    public ClusterEngines(
            Config config,
            Set<String> namespaces,
            PodConfig pods,
            EngineClock clock,
            UnaryOperator<MLEngines.Builder> setup,
            Function<MLEngine, AutoCloseable> companion,
            RequestObserver requests) {
        this.config = config;
        this.namespaces = Set.copyOf(namespaces);
        this.pods = pods;
        this.clock = clock;
        this.setup = setup;
        this.companion = companion;
        this.requests = requests;
    }

    @Override
    public RunningEngine start(long token, Leadership leadership) {
        KubernetesClient client = KubernetesClients.of(config, requests);
        try {
            return start(client, leadership);
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    private RunningEngine start(KubernetesClient client, Leadership leadership) {
        ClusterParts parts = new ClusterParts(client, settings(client), owner, leadership, clock);
        try {
            MLEngine engine = parts.into(setup.apply(MLEngines.builder())).build();
            return new Running(engine, client, parts, companion.apply(engine));
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    private KubernetesConfig settings(KubernetesClient client) {
        boolean hasSideCars = ServerVersion.minor(client) >= PodConfig.FIRST_WITH_SIDE_CARS;
        return KubernetesConfig.builder()
                .namespaces(namespaces)
                .settings(ClusterSettings.builder()
                        .pods(PodConfig.builder()
                                .from(pods)
                                .sideCars(hasSideCars)
                                .build())
                        .build())
                .build();
    }

    /** An engine with what was made for it. */
    private record Running(MLEngine engine, KubernetesClient client, ClusterParts parts, AutoCloseable companion)
            implements RunningEngine {
        @Override
        public Health health() {
            return engine.health();
        }

        @Override
        public CompletionStage<Health> halted() {
            return engine.halted();
        }

        @Override
        public void close() {
            engine.close(CloseMode.DETACH);
            try {
                companion.close();
            } catch (Exception e) {
                LOG.warn("what went along with an engine could not be closed", e);
            }
            parts.close();
            client.close();
        }
    }
}

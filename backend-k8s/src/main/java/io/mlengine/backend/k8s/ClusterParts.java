package io.mlengine.backend.k8s;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.cluster.ClusterSettings;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.store.KubernetesJobStore;
import io.mlengine.backend.k8s.store.KubernetesUsageSink;
import io.mlengine.core.MLEngines;
import io.mlengine.core.metering.UsageSink;
import io.mlengine.core.time.EngineClock;
import io.mlengine.spi.backend.ComputeBackend;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What one engine of a cluster needs, made for each other: the store, the backend and the usage sink. Close the engine,
 * which closes store and backend, before them.
 */
public final class ClusterParts implements AutoCloseable {
    private static final int WRITERS = 16;

    private final ExecutorService writers = Executors.newFixedThreadPool(WRITERS, threads("mlengine-writer"));
    private final KubernetesJobStore store;
    private final ComputeBackend backend;
    private final UsageSink usage;

    /**
     * Makes the parts; nothing is asked of the cluster before the engine is built.
     *
     * @param client reaches the API server; not closed
     * @param config namespaces and settings; of the rest nothing is used
     * @param self name of this process, for people
     * @param leadership says whether this process may write
     * @param clock the time; not closed
     */
    public ClusterParts(
            KubernetesClient client, KubernetesConfig config, String self, Leadership leadership, EngineClock clock) {
        Duration stalePatience = config.settings().stalePatience();
        this.store =
                new KubernetesJobStore(client, config.namespaces(), self, leadership, writers, clock, stalePatience);
        this.usage = new KubernetesUsageSink(client, leadership);
        this.backend = KubernetesBackend.create(
                KubernetesConfig.builder()
                        .from(config)
                        .client(client)
                        .settings(ClusterSettings.builder()
                                .from(config.settings())
                                .leadership(leadership)
                                .namespaces(config.namespaces())
                                .clock(clock)
                                .build())
                        .build(),
                store);
        writers.execute(new Rehearsal(
                client.getKubernetesSerialization(), config.settings().pods(), clock.instant()));
    }

    /** Threads that do not keep the JVM. */
    static ThreadFactory threads(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Gives an engine these parts.
     *
     * @param engine what it is made of besides
     * @return the same builder
     */
    public MLEngines.Builder into(MLEngines.Builder engine) {
        return engine.store(store).backend(backend).usageSink(usage);
    }

    KubernetesJobStore store() {
        return store;
    }

    ComputeBackend backend() {
        return backend;
    }

    UsageSink usage() {
        return usage;
    }

    /** Lets what is being written go on to its end. */
    @Override
    public void close() {
        writers.shutdown();
    }
}

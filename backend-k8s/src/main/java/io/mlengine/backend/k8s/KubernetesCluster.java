package io.mlengine.backend.k8s;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.cluster.ClusterSettings;
import io.mlengine.backend.k8s.cluster.LeaderLease;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.cluster.LeaseTimes;
import io.mlengine.backend.k8s.cluster.ProcessIdentity;
import io.mlengine.backend.k8s.store.ElectedJobStore;
import io.mlengine.backend.k8s.store.KubernetesJobStore;
import io.mlengine.backend.k8s.store.KubernetesUsageSink;
import io.mlengine.core.metering.UsageSink;
import io.mlengine.core.store.JobStore;
import io.mlengine.core.time.SystemClock;
import io.mlengine.spi.backend.ComputeBackend;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A Kubernetes cluster as an engine needs it: the store that keeps jobs as {@code MLTrain} objects, the backend that runs
 * their replicas as pods, and the sink that keeps usage as {@code MLUsage} objects. All three belong to one engine, which
 * stands for election with the operator's Lease: of all engines of a cluster one works at a time.
 *
 * <p>Close the engine before the cluster. Both leave the jobs as they are.
 */
public final class KubernetesCluster implements AutoCloseable {
    private static final int WRITERS = 16;

    private final KubernetesClient client;
    private final boolean isOwnClient;
    private final ExecutorService writers = Executors.newFixedThreadPool(WRITERS, threads("mlengine-writer"));
    private final ExecutorService election = Executors.newSingleThreadExecutor(threads("mlengine-election"));
    private final SystemClock clock = new SystemClock();
    private final JobStore store;
    private final Leadership leadership;
    private final ComputeBackend backend;

    private KubernetesCluster(KubernetesConfig config) {
        this.client = config.client().orElseGet(() -> KubernetesClients.of(config));
        this.isOwnClient = config.client().isEmpty();
        String namespace = config.leaseNamespace().orElseGet(client::getNamespace);
        String self = ProcessIdentity.create();
        LeaderLease lease = LeaderLease.create(
                client.getConfiguration(),
                namespace == null ? "default" : namespace,
                LeaderLease.NAME,
                self,
                LeaseTimes.of(config.leaseDuration()),
                clock,
                election);
        this.leadership = lease.leadership();
        KubernetesJobStore kept = new KubernetesJobStore(client, config.namespaces(), self, leadership, writers, clock);
        this.store = new ElectedJobStore(kept, lease);
        ClusterSettings settings = ClusterSettings.builder()
                .from(config.settings())
                .leadership(leadership)
                .build();
        this.backend = KubernetesBackend.create(
                KubernetesConfig.builder()
                        .from(config)
                        .client(client)
                        .settings(settings)
                        .build(),
                kept);
    }

    /**
     * Makes the parts of an engine; nothing is asked of the cluster before the engine is built.
     *
     * @param config which cluster, and how
     * @return the cluster; must be closed
     */
    public static KubernetesCluster connect(KubernetesConfig config) {
        return new KubernetesCluster(config);
    }

    /**
     * The cluster of the usual kubeconfig, or the one that this process runs in.
     *
     * @return the cluster; must be closed
     */
    public static KubernetesCluster connect() {
        return connect(KubernetesConfig.builder().build());
    }

    private static ThreadFactory threads(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Keeps jobs as objects of the cluster. An engine is ready once it leads, which takes as long as another one does.
     *
     * @return the store of one engine
     */
    public JobStore store() {
        return store;
    }

    /**
     * Runs replicas as pods.
     *
     * @return the backend of the same engine
     */
    public ComputeBackend backend() {
        return backend;
    }

    /**
     * Keeps usage as objects of the cluster.
     *
     * @return the sink of the same engine
     */
    public UsageSink usage() {
        return new KubernetesUsageSink(client, leadership);
    }

    @Override
    public void close() {
        writers.shutdown();
        election.shutdown();
        clock.close();
        if (isOwnClient) {
            client.close();
        }
    }
}

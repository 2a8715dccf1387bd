package io.mlengine.backend.k8s;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.cluster.LeaderLease;
import io.mlengine.backend.k8s.cluster.LeaseTimes;
import io.mlengine.backend.k8s.cluster.ProcessIdentity;
import io.mlengine.backend.k8s.cluster.RequestObserver;
import io.mlengine.backend.k8s.store.ElectedJobStore;
import io.mlengine.core.metering.UsageSink;
import io.mlengine.core.store.JobStore;
import io.mlengine.core.time.SystemClock;
import io.mlengine.spi.backend.ComputeBackend;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A Kubernetes cluster as an engine needs it: the store that keeps jobs as {@code MLTrain} objects, the backend that runs
 * their replicas as pods, and the sink that keeps usage as {@code MLUsage} objects. All three belong to one engine, which
 * stands for election with the operator's Lease: of all engines of a cluster one works at a time.
 *
 * <p>Close the engine before the cluster. Both leave the jobs as they are.
 */
public final class KubernetesCluster implements AutoCloseable {
    private final KubernetesClient client;
    private final boolean isOwnClient;
    private final ExecutorService election =
            Executors.newSingleThreadExecutor(ClusterParts.threads("mlengine-election"));
    private final SystemClock clock = new SystemClock();
    private final ClusterParts parts;
    private final JobStore store;

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
                election,
                RequestObserver.NONE);
        this.parts = new ClusterParts(client, config, self, lease.leadership(), clock);
        this.store = new ElectedJobStore(parts.store(), lease);
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
        return parts.backend();
    }

    /**
     * Keeps usage as objects of the cluster.
     *
     * @return the sink of the same engine
     */
    public UsageSink usage() {
        return parts.usage();
    }

    @Override
    public void close() {
        parts.close();
        election.shutdown();
        clock.close();
        if (isOwnClient) {
            client.close();
        }
    }
}

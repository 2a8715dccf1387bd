package io.mlengine.backend.k8s;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.cluster.JobOwners;
import io.mlengine.backend.k8s.cluster.PodCluster;
import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.backend.Cleanup;
import io.mlengine.spi.backend.ComputeBackend;
import io.mlengine.spi.backend.ExternalPlaces;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.backend.LogCursor;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.backend.ReserveOrder;
import io.mlengine.spi.backend.StopOrder;
import io.mlengine.spi.backend.Traits;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import java.security.SecureRandom;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/**
 * Runs replicas as pods of a Kubernetes cluster. Orders return at once and are carried out on threads of the backend;
 * reports come from threads of the client. Closing leaves the pods as they are: an engine that comes after finds them.
 */
public final class KubernetesBackend implements ComputeBackend, ExternalPlaces {
    private final KubernetesClient client;
    private final boolean isOwnClient;
    private final PodCluster cluster;

    private KubernetesBackend(KubernetesClient client, boolean isOwnClient, PodCluster cluster) {
        this.client = client;
        this.isOwnClient = isOwnClient;
        this.cluster = cluster;
    }

    /**
     * Makes a backend. The cluster is not asked for anything before {@link #start}.
     *
     * @param config which cluster, and how
     * @param owners finds the objects that jobs belong to; asked from any thread
     * @return the backend; the caller closes it
     */
    public static KubernetesBackend create(KubernetesConfig config, JobOwners owners) {
        KubernetesClient client = config.client().orElseGet(() -> KubernetesClients.of(config));
        PodCluster cluster = new PodCluster(client, owners, config.settings(), new SecureRandom());
        return new KubernetesBackend(client, config.client().isEmpty(), cluster);
    }

    @Override
    public Traits traits() {
        return cluster.traits();
    }

    @Override
    public void start(Consumer<BackendEvent> sink) {
        cluster.start(sink);
    }

    @Override
    public CompletionStage<Reservation> reserve(ReserveOrder order, Fence fence) {
        return cluster.reserve(order, fence);
    }

    @Override
    public CompletionStage<Void> launch(LaunchOrder order, Fence fence) {
        return cluster.launch(order, fence);
    }

    @Override
    public CompletionStage<Void> stop(AttemptId attempt, Set<ReplicaId> who, StopOrder how, Fence fence) {
        return cluster.stop(attempt, who, how, fence);
    }

    @Override
    public CompletionStage<Void> release(AttemptId attempt, Cleanup cleanup, Fence fence) {
        return cluster.release(attempt, cleanup, fence);
    }

    @Override
    public CompletionStage<Void> remove(JobId job, Fence fence) {
        return cluster.remove(job, fence);
    }

    @Override
    public CompletionStage<Void> place(JobId gang, SortedMap<String, String> places, Fence fence) {
        return cluster.place(gang, places, fence);
    }

    @Override
    public CompletionStage<Void> evict(JobId gang, String reason, Fence fence) {
        return cluster.evict(gang, reason, fence);
    }

    @Override
    public CompletionStage<Void> retreat(JobId gang, String reason, Fence fence) {
        return cluster.retreat(gang, reason, fence);
    }

    @Override
    public void waits(JobId gang, String reason, Fence fence) {
        cluster.waits(gang, reason, fence);
    }

    @Override
    public Flow.Publisher<LogLine> logs(ReplicaId replica, LogCursor from, boolean follow) {
        return cluster.logs(replica, from, follow);
    }

    @Override
    public void close() {
        cluster.close();
        if (isOwnClient) {
            client.close();
        }
    }
}

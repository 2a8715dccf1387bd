package io.mlengine.backend.k8s.store;

import io.mlengine.backend.k8s.cluster.Election;
import io.mlengine.backend.k8s.cluster.LeadershipListener;
import io.mlengine.core.api.EngineListener;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.store.JobStore;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A store that is opened when an election is won, for an engine that stands for election itself. Its possession ends with
 * the first term: an engine that has lost its charge does not get it back.
 */
public final class ElectedJobStore implements JobStore {
    private final JobStore store;
    private final Election election;

    /**
     * Makes a store.
     *
     * @param store the store behind it, closed with this one
     * @param election closed with the store, after it
     */
    public ElectedJobStore(JobStore store, Election election) {
        this.store = store;
        this.election = election;
    }

    /** Completes when the election is won, however long that takes, and the store has been read. */
    @Override
    public CompletionStage<Opened> open(Fence proposed, Outside outside) {
        CompletableFuture<Opened> opened = new CompletableFuture<>();
        election.start(new LeadershipListener() {
            private boolean hasLed;

            @Override
            public void gained(long token) {
                if (!hasLed) {
                    hasLed = true;
                    store.open(proposed, outside).whenComplete((found, error) -> {
                        if (error == null) {
                            opened.complete(found);
                        } else {
                            opened.completeExceptionally(error);
                        }
                    });
                }
            }

            @Override
            public void lost(String reason) {
                outside.lost("another engine may lead: " + reason);
            }
        });
        return opened;
    }

    @Override
    public CompletionStage<List<Committed>> commit(List<Change> batch, Fence fence) {
        return store.commit(batch, fence);
    }

    @Override
    public Duration pace() {
        return store.pace();
    }

    @Override
    public boolean namesJobs() {
        return store.namesJobs();
    }

    @Override
    public CompletionStage<Optional<JobId>> create(MLTrain train, String user) {
        return store.create(train, user);
    }

    @Override
    public CompletionStage<Void> reject(JobId job, List<Violation> violations, Fence fence) {
        return store.reject(job, violations, fence);
    }

    @Override
    public boolean delegates() {
        return store.delegates();
    }

    @Override
    public CompletionStage<Void> delegate(JobId job, Fence fence) {
        return store.delegate(job, fence);
    }

    @Override
    public Optional<EngineListener> listener() {
        return store.listener();
    }

    @Override
    public void close() {
        store.close();
        election.close();
    }
}

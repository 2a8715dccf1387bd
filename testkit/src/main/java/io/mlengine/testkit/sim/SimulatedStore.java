package io.mlengine.testkit.sim;

import io.mlengine.core.document.RecordDocument;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.store.InMemoryJobStore;
import io.mlengine.core.store.JobStore;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Violation;
import io.mlengine.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A store whose commits take a while and fail now and then; what it acknowledged survives the engine. It may name jobs as
 * a cluster's API does: then each job also comes through the store, more than once, before or after the engine's call
 * is answered, and other users submit behind the engine's back.
 */
public final class SimulatedStore implements JobStore {
    private final InMemoryJobStore records = InMemoryJobStore.create();
    private final VirtualTime time;
    private final SplittableRandom random;
    private final FaultPlan faults;
    private final SimulatedSink sink;
    private final boolean namesJobs;
    private final Map<JobId, Submission> unaccepted = new TreeMap<>();
    private final Map<JobId, List<Violation>> rejected = new TreeMap<>();
    private long opened;
    private long named;
    private long writes;
    private @Nullable Outside outside;

    /**
     * Makes an empty store.
     *
     * @param time the simulation's time
     * @param random decides delays and faults
     * @param faults how unkind the world is
     * @param sink is told of each commit
     * @param namesJobs whether jobs get their ids here
     */
    SimulatedStore(VirtualTime time, SplittableRandom random, FaultPlan faults, SimulatedSink sink, boolean namesJobs) {
        this.time = time;
        this.random = random;
        this.faults = faults;
        this.sink = sink;
        this.namesJobs = namesJobs;
    }

    @Override
    public CompletionStage<Opened> open(Fence proposed, Outside newOutside) {
        outside = newOutside;
        Fence granted = new Fence(proposed.owner(), ++opened);
        unaccepted.values().forEach(this::tell);
        return records.open(granted, newOutside)
                .thenApply(opened -> new Opened(
                        opened.records().stream().map(SimulatedStore::written).toList(), opened.fence()));
    }

    /** What a store that keeps documents gives back. */
    private static JobRecord written(JobRecord record) {
        return RecordDocument.read(RecordDocument.write(record));
    }

    /** A store that names jobs is one whose writes are dear. */
    @Override
    public Duration pace() {
        return namesJobs ? Duration.ofSeconds(1) : Duration.ZERO;
    }

    /**
     * How often a record was written, or tried to be.
     *
     * @return the number of changes of all jobs
     */
    public long writes() {
        return writes;
    }

    @Override
    public boolean namesJobs() {
        return namesJobs;
    }

    @Override
    public CompletionStage<Optional<JobId>> create(MLTrain train, String user) {
        CompletableFuture<Optional<JobId>> answer = new CompletableFuture<>();
        JobId id = submit(train, user);
        time.schedule(latency(), () -> answer.complete(Optional.of(id)));
        return answer;
    }

    /**
     * A user submits through the store, not through the engine.
     *
     * @param train the job
     * @param user who submits
     * @return its id
     */
    public JobId submit(MLTrain train, String user) {
        Submission submission = new Submission(JobId.of("sim-" + ++named), train, user);
        unaccepted.put(submission.id(), submission);
        tell(submission);
        tell(submission);
        return submission.id();
    }

    private void tell(Submission submission) {
        Outside listener = outside;
        time.schedule(latency(), () -> {
            // Who has crashed hears nothing.
            if (listener != null && listener == outside) {
                listener.submitted(submission);
            }
        });
    }

    /**
     * A user wishes something of a job through the store, not through the engine.
     *
     * @param wish the wish
     */
    public void wish(Wish wish) {
        Outside listener = outside;
        if (listener != null) {
            listener.wish(wish);
        }
    }

    /**
     * Tells the engine that it is not in charge any more.
     *
     * @param reason why
     */
    public void takeFromEngine(String reason) {
        Outside listener = outside;
        if (listener != null) {
            listener.lost(reason);
        }
    }

    /**
     * Changes the queues.
     *
     * @param queues all queues from now on
     */
    public void queues(List<QueueConfig> queues) {
        Outside listener = outside;
        if (listener != null) {
            listener.queues(queues);
        }
    }

    @Override
    public CompletionStage<Void> reject(JobId job, List<Violation> violations, Fence fence) {
        rejected.put(job, violations);
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Jobs that came through the store and were not accepted.
     *
     * @return job to everything that is wrong with it
     */
    public Map<JobId, List<Violation>> rejected() {
        return Collections.unmodifiableMap(rejected);
    }

    @Override
    public CompletionStage<List<Committed>> commit(List<Change> batch, Fence fence) {
        writes += batch.size();
        CompletableFuture<List<Committed>> answer = new CompletableFuture<>();
        time.schedule(latency(), () -> {
            if (random.nextInt(1000) < faults.failedCommits()) {
                answer.completeExceptionally(new IllegalStateException("simulated store failure"));
            } else {
                batch.forEach(change -> unaccepted.remove(change.job()));
                records.commit(batch, fence).thenAccept(results -> {
                    sink.committed(batch, results);
                    answer.complete(results);
                });
            }
        });
        return answer;
    }

    private Duration latency() {
        return Duration.ofMillis(random.nextLong(Math.max(1, faults.latency().toMillis() / 10) + 1));
    }

    @Override
    public void close() {
        records.close();
    }
}

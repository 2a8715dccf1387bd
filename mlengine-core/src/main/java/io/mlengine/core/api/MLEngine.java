package io.mlengine.core.api;

import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Violation;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

/**
 * Runs distributed training jobs. Several engines can live in one JVM; all methods may be called from any thread.
 *
 * <p>Calls that change something go through the engine's mailbox and answer with a future. It completes when the change
 * is stored, on a thread that may be used for work of the caller. It fails with {@link
 * io.mlengine.spi.error.MLEngineException}, whose code is an {@link EngineErrorCode}: for example {@code MAILBOX_FULL}
 * when calls come faster than they are handled, {@code NOT_FOUND}, {@code WRONG_PHASE} and {@code CLOSED}. Cancelling
 * such a future does not undo the call. Calls that read answer at once from the last stored state.
 *
 * <p>A complete example is {@code EmbeddedTraining} in {@code examples/embed}.
 */
public interface MLEngine extends AutoCloseable {
    /**
     * Submits a job.
     *
     * @param train the job
     * @return accepted with a handle, or rejected with everything that is wrong with it
     */
    default CompletableFuture<SubmitResult> submit(MLTrain train) {
        return submit(train, SubmitOptions.DEFAULT);
    }

    /**
     * Submits a job.
     *
     * @param train the job
     * @param options who submits it, and the idempotency key
     * @return accepted with a handle, or rejected with everything that is wrong with it; the same key again gives the
     *     job that it made before
     */
    CompletableFuture<SubmitResult> submit(MLTrain train, SubmitOptions options);

    /**
     * Tells everything that {@link #submit} would reject, without submitting.
     *
     * @param train the job
     * @return the violations, empty when it is valid
     */
    List<Violation> validate(MLTrain train);

    /**
     * Finds a job.
     *
     * @param id its id
     * @return the job as last stored, or empty
     */
    Optional<JobView> get(JobId id);

    /**
     * Gives a handle on a job, also on one that an earlier engine on the same store accepted.
     *
     * @param id its id
     * @return the handle, or empty when there is no such job
     */
    Optional<JobHandle> job(JobId id);

    /**
     * Lists jobs.
     *
     * @param filter which
     * @return the jobs as last stored, in the order of submission
     */
    List<JobView> list(JobFilter filter);

    /**
     * Publishes what happens to jobs from now on: in order for each job. A subscriber that falls more than 65,536 events
     * behind gets an error and is dropped; it can {@link #list} and subscribe again.
     *
     * @param filter which jobs
     * @return the events
     */
    Flow.Publisher<EngineEvent> watch(JobFilter filter);

    /**
     * Calls a listener for what happens to jobs from now on, in order for each job, never from the engine's own thread.
     *
     * @param filter which jobs
     * @param listener called for each event; what it throws is logged and does no harm
     * @return ends the calls when closed
     */
    Subscription listen(JobFilter filter, EngineListener listener);

    /**
     * Ends a job: TERM, grace, KILL.
     *
     * @param id the job
     * @param reason one sentence for people
     * @return completes when the wish is stored, not when the job has ended
     */
    CompletableFuture<JobView> cancel(JobId id, String reason);

    /**
     * Holds a job back; what runs is stopped with grace and can resume from its checkpoint.
     *
     * @param id the job
     * @return completes when the wish is stored
     */
    CompletableFuture<JobView> suspend(JobId id);

    /**
     * Lets a suspended job go on.
     *
     * @param id the job
     * @return completes when the wish is stored
     */
    CompletableFuture<JobView> resume(JobId id);

    /**
     * Changes the number of replicas of elastic roles.
     *
     * @param id the job
     * @param sizes role to number of replicas, within the role's bounds
     * @return completes when the wish is stored; a larger size waits for room
     */
    CompletableFuture<JobView> resize(JobId id, SortedMap<String, Integer> sizes);

    /**
     * Ends a job and removes everything it left behind.
     *
     * @param id the job
     * @return completes when the wish is stored
     */
    CompletableFuture<JobView> delete(JobId id);

    /**
     * Reads the output of a job's replicas as one stream of whole lines, ordered by their arrival; lines that arrive
     * within 250 ms of each other are sorted, ties by role and index.
     *
     * @param id the job
     * @param query which lines, and whether to wait for more
     * @return the lines; must be closed. Reading blocks while it follows a job that waits or runs
     */
    Stream<LogLine> logs(JobId id, LogQuery query);

    /**
     * Shows the queues.
     *
     * @return the queues by name, with limits and what is used
     */
    List<QueueView> queues();

    /**
     * Shows the nodes and their devices.
     *
     * @return the nodes by name, with who holds what
     */
    List<NodeView> nodes();

    /**
     * Tells how the engine itself is; never throws.
     *
     * @return the health
     */
    Health health();

    /**
     * Tells when the engine has given up by itself and only a new one helps: another engine owns its records, or its
     * store cannot be opened or has ended. It never happens because of {@link #close}, and may never happen at all.
     *
     * @return completes with the health of that moment, on a thread of the engine; never fails
     */
    CompletableFuture<Health> halted();

    /**
     * Frees everything. Where replicas end with the engine, all jobs are stopped with their grace before: {@code
     * close(CloseMode.STOP_JOBS)}. Where they outlive it they are left alone: {@code close(CloseMode.DETACH)}.
     */
    @Override
    void close();

    /**
     * Ends the engine. Blocks until done; calling it again does nothing.
     *
     * @param mode what becomes of jobs that have not ended
     */
    void close(CloseMode mode);

    /** Ends calls to a listener. */
    interface Subscription extends AutoCloseable {
        /** Ends the calls; one that has begun may still return. */
        @Override
        void close();
    }
}

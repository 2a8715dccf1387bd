package io.mlengine.core.api;

import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.model.JobId;
import java.time.Duration;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

/** One job of an engine. Thread-safe; holds nothing and needs no closing. */
public interface JobHandle {
    /**
     * The job's id.
     *
     * @return the id
     */
    JobId id();

    /**
     * The job as last stored.
     *
     * @return the view; after its deletion the last one
     */
    JobView view();

    /**
     * Completes when the job has ended, however it ended.
     *
     * @return the result; cancelling the future does not cancel the job
     */
    CompletableFuture<JobResult> completion();

    /**
     * Waits for the end.
     *
     * @param atMost how long
     * @return the result of a job that succeeded
     * @throws JobFailedException when it failed or was cancelled
     * @throws io.mlengine.spi.error.MLEngineException with {@link EngineErrorCode#WAIT_TIMEOUT} when it has not ended
     */
    JobResult await(Duration atMost);

    /**
     * Publishes what happens to it from now on.
     *
     * @return the events
     */
    Flow.Publisher<EngineEvent> events();

    /**
     * Reads its output; see {@link MLEngine#logs}.
     *
     * @param query which lines
     * @return the lines; must be closed
     */
    Stream<LogLine> logs(LogQuery query);

    /**
     * Ends it.
     *
     * @param reason one sentence for people
     * @return completes when the wish is stored
     */
    CompletableFuture<JobView> cancel(String reason);

    /**
     * Holds it back.
     *
     * @return completes when the wish is stored
     */
    CompletableFuture<JobView> suspend();

    /**
     * Lets it go on.
     *
     * @return completes when the wish is stored
     */
    CompletableFuture<JobView> resume();

    /**
     * Changes its size.
     *
     * @param sizes role to number of replicas
     * @return completes when the wish is stored
     */
    CompletableFuture<JobView> resize(SortedMap<String, Integer> sizes);

    /**
     * Ends it and removes everything it left behind.
     *
     * @return completes when the wish is stored
     */
    CompletableFuture<JobView> delete();
}

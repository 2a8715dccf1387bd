package io.mlengine.core.internal.engine;

import io.mlengine.core.api.EngineErrorCode;
import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobFailedException;
import io.mlengine.core.api.JobFilter;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.api.JobView;
import io.mlengine.core.api.LogQuery;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.model.JobId;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A job's handle; keeps the last view, so that it can be read after the record is gone. */
final class DefaultJobHandle implements JobHandle {
    private final DefaultMLEngine engine;
    private final JobId id;
    private volatile JobView last;

    DefaultJobHandle(DefaultMLEngine engine, JobView view) {
        this.engine = engine;
        this.id = view.id();
        this.last = view;
    }

    @Override
    public JobId id() {
        return id;
    }

    @Override
    public JobView view() {
        engine.get(id).ifPresent(view -> last = view);
        return last;
    }

    @Override
    public CompletableFuture<JobResult> completion() {
        return engine.completion(id);
    }

    @Override
    public JobResult await(Duration atMost) {
        JobResult result;
        try {
            result = completion().get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new MLEngineException(
                    EngineErrorCode.WAIT_TIMEOUT,
                    "The job has not ended in the time allowed.",
                    Map.of("job", id, "phase", view().phase(), "waited", atMost),
                    null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MLEngineException(
                    EngineErrorCode.WAIT_TIMEOUT, "The wait was interrupted.", Map.of("job", id), e);
        } catch (ExecutionException e) {
            throw new MLEngineException(
                    EngineErrorCode.CLOSED, "The engine ended before the job.", Map.of("job", id), e.getCause());
        }
        if (!result.isSuccess()) {
            throw new JobFailedException(result);
        }
        return result;
    }

    @Override
    public Flow.Publisher<EngineEvent> events() {
        return engine.watch(JobFilter.id(id));
    }

    @Override
    public Stream<LogLine> logs(LogQuery query) {
        return engine.logs(id, query);
    }

    @Override
    public CompletableFuture<JobView> cancel(String reason) {
        return engine.cancel(id, reason);
    }

    @Override
    public CompletableFuture<JobView> suspend() {
        return engine.suspend(id);
    }

    @Override
    public CompletableFuture<JobView> resume() {
        return engine.resume(id);
    }

    @Override
    public CompletableFuture<JobView> resize(SortedMap<String, Integer> sizes) {
        return engine.resize(id, sizes);
    }

    @Override
    public CompletableFuture<JobView> delete() {
        return engine.delete(id);
    }

    @Override
    public String toString() {
        return id.toString();
    }
}

package io.mlengine.core.internal.engine;

import io.mlengine.core.api.CloseMode;
import io.mlengine.core.api.JobFilter;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.api.JobView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends the jobs of an engine that is being closed, and waits for them. */
final class EngineShutdown {
    private static final Logger LOG = LoggerFactory.getLogger(EngineShutdown.class);
    /** On top of the longest grace: killing and reaping take a moment. */
    private static final Duration MARGIN = Duration.ofSeconds(20);

    private EngineShutdown() {}

    static void endJobs(DefaultMLEngine engine, ViewBoard board, CloseMode mode, LoopHealth health) {
        List<JobView> live = board.list(JobFilter.ALL).stream()
                .filter(view -> !view.phase().isTerminal())
                .toList();
        if (mode == CloseMode.DETACH || live.isEmpty() || health.isFenced()) {
            return;
        }
        List<CompletableFuture<JobResult>> ends = new ArrayList<>();
        Duration longest = Duration.ZERO;
        for (JobView view : live) {
            ends.add(board.completion(view.id()));
            Duration grace = view.record().train().runPolicy().stopGrace();
            longest = grace.compareTo(longest) > 0 ? grace : longest;
        }
        if (mode == CloseMode.STOP_JOBS) {
            live.forEach(view -> engine.cancel(view.id(), "the engine was closed"));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
        try {
            switch (mode) {
                case STOP_JOBS -> all.get(longest.plus(MARGIN).toMillis(), TimeUnit.MILLISECONDS);
                case DRAIN -> all.get();
                case DETACH -> {}
            }
        } catch (TimeoutException e) {
            LOG.warn("jobs={} did not end in time; the backend stops what is left", live.size());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            LOG.warn("a job's end could not be awaited", e.getCause());
        }
    }

    /** The backend is closed only after it has been told what to give back. */
    static void awaitOrders(CompletableFuture<Void> answered) {
        await(answered, "the backend's answers to its last orders");
    }

    /** The last usage is brought before the process may end; what its sink refuses is left to the next engine. */
    static void awaitUsage(CompletableFuture<Void> brought) {
        await(brought, "the sink of usage");
    }

    private static void await(CompletableFuture<Void> done, String what) {
        try {
            done.get(MARGIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("too late for a closing engine: {}", what);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            LOG.warn("could not be awaited: {}", what, e.getCause());
        }
    }
}

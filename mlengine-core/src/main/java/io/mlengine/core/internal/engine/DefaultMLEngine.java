package io.mlengine.core.internal.engine;

import io.mlengine.core.api.CloseMode;
import io.mlengine.core.api.EngineErrorCode;
import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.EngineListener;
import io.mlengine.core.api.Health;
import io.mlengine.core.api.JobFilter;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.api.JobView;
import io.mlengine.core.api.LogQuery;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.api.NodeView;
import io.mlengine.core.api.QueueView;
import io.mlengine.core.api.SubmitOptions;
import io.mlengine.core.api.SubmitResult;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.lifecycle.JobEvent;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.store.JobStore;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Violation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine as users see it: turns calls into messages to the loop, and reads from the board. */
public final class DefaultMLEngine implements MLEngine {
    private static final Logger LOG = LoggerFactory.getLogger(DefaultMLEngine.class);

    private final EngineParts parts;
    private final EngineLoop loop;
    private final ViewBoard board;
    private final UsageDelivery usage;
    private final EventHub hub;
    private final Mailbox mailbox;
    private final LoopCalls calls;
    private final HeldBack early = new HeldBack();
    private final Submissions submissions;
    private final LoopHealth health = new LoopHealth();
    private final Runnable afterClose;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private final CompletableFuture<Health> halted = new CompletableFuture<>();

    /**
     * Makes an engine and starts it.
     *
     * @param parts what it is made of
     * @param afterClose frees what the caller made for it
     */
    public DefaultMLEngine(EngineParts parts, Runnable afterClose) {
        this.parts = parts;
        this.afterClose = afterClose;
        this.hub = new EventHub(parts.eventsExecutor());
        this.board = new ViewBoard(hub, parts.eventsExecutor(), parts.queues());
        this.usage = new UsageDelivery(parts.usage(), parts.eventsExecutor(), parts.clock(), board::nodes, health);
        this.mailbox = new Mailbox(parts.mailboxCapacity());
        Fence fence = new Fence(
                "engine-" + Long.toHexString(parts.random().nextLong()),
                parts.clock().millis());
        this.loop = new EngineLoop(parts, board, usage, fence, mailbox, health, this::onHalt);
        this.calls = new LoopCalls(loop, parts.eventsExecutor(), parts.mailboxCapacity());
        this.submissions = new Submissions(
                parts,
                loop,
                board,
                calls,
                (id, views) -> new SubmitResult.Accepted(
                        new DefaultJobHandle(this, views.view(id).orElseThrow())));
        parts.store().listener().ifPresent(listener -> hub.listen(JobFilter.ALL, listener));
        parts.store()
                .open(fence, new FromStore())
                .whenComplete((found, error) -> loop.answer(() -> {
                    if (error != null) {
                        loop.halt("the store could not be opened: " + error);
                        opened.completeExceptionally(error);
                        return;
                    }
                    loop.restored(found);
                    early.open();
                    parts.backend().start(loop::report);
                    opened.complete(null);
                }));
    }

    /**
     * Completes when the store has been read and the backend started.
     *
     * @return the stage
     */
    public CompletableFuture<Void> opened() {
        return opened.copy();
    }

    @Override
    public CompletableFuture<SubmitResult> submit(MLTrain train, SubmitOptions options) {
        if (closing.get()) {
            return CompletableFuture.failedFuture(closed());
        }
        return submissions.submit(train, options);
    }

    @Override
    public List<Violation> validate(MLTrain train) {
        return submissions.validate(train);
    }

    // Wishes.

    @Override
    public CompletableFuture<JobView> cancel(JobId id, String reason) {
        return wish(id, new JobEvent.Cancel(reason));
    }

    @Override
    public CompletableFuture<JobView> suspend(JobId id) {
        return wish(id, new JobEvent.Suspend());
    }

    @Override
    public CompletableFuture<JobView> resume(JobId id) {
        return wish(id, new JobEvent.Resume());
    }

    @Override
    public CompletableFuture<JobView> resize(JobId id, SortedMap<String, Integer> sizes) {
        return wish(id, new JobEvent.Resize(sizes));
    }

    @Override
    public CompletableFuture<JobView> delete(JobId id) {
        return wish(id, new JobEvent.Delete());
    }

    private CompletableFuture<JobView> wish(JobId id, JobEvent event) {
        return calls.onLoop(result -> {
            JobEntry entry = loop.find(id).orElse(null);
            if (entry == null) {
                calls.fail(result, error(EngineErrorCode.NOT_FOUND, "There is no such job.", Map.of("job", id)));
                return;
            }
            Optional<MLEngineException> refusal = Wishes.refusal(entry.record, event);
            if (refusal.isPresent()) {
                calls.fail(result, refusal.get());
                return;
            }
            loop.steps().deliver(id, event, () -> {
                JobView view = board.view(id).orElseThrow();
                calls.complete(result, () -> view);
            });
        });
    }

    /**
     * A wish that came through the store has nobody to answer to, and nobody who would say it again: unlike a call it is
     * never refused because too many wait. Runs on the loop.
     */
    private void follow(JobStore.Wish wish) {
        JobEvent event = Wishes.event(wish).orElse(null);
        JobEntry entry = loop.find(wish.job()).orElse(null);
        if (event == null || entry == null) {
            String why = event == null ? "it cannot be read" : "there is no such job";
            LOG.warn("a wish cannot be followed: job={} wish={} why={}", wish.job(), wish.kind(), why);
            return;
        }
        Wishes.refusal(entry.record, event)
                .ifPresentOrElse(
                        refusal -> LOG.warn(
                                "a wish was refused: job={} wish={} why={}",
                                wish.job(),
                                wish.kind(),
                                refusal.getMessage()),
                        () -> loop.steps().deliver(wish.job(), event));
    }

    /** What comes through the store; called from any thread. */
    private final class FromStore implements JobStore.Outside {
        @Override
        public void wish(JobStore.Wish wish) {
            early.tell(() -> loop.answer(() -> follow(wish)));
        }

        @Override
        public void submitted(JobStore.Submission submission) {
            early.tell(() -> submissions.submitted(submission));
        }

        @Override
        public void queues(List<QueueConfig> queues) {
            loop.answer(() -> loop.queues(queues));
        }

        @Override
        public void lost(String reason) {
            loop.answer(() -> loop.halt(reason));
        }
    }

    /** Runs on the loop. */
    private void onHalt() {
        calls.end();
        halted.completeAsync(this::health, parts.eventsExecutor());
    }

    // Reads.

    @Override
    public Optional<JobView> get(JobId id) {
        return board.view(id);
    }

    @Override
    public Optional<JobHandle> job(JobId id) {
        return board.view(id).map(view -> new DefaultJobHandle(this, view));
    }

    @Override
    public List<JobView> list(JobFilter filter) {
        return board.list(filter);
    }

    CompletableFuture<JobResult> completion(JobId id) {
        return board.completion(id);
    }

    @Override
    public Flow.Publisher<EngineEvent> watch(JobFilter filter) {
        return hub.watch(filter);
    }

    @Override
    public Subscription listen(JobFilter filter, EngineListener listener) {
        return hub.listen(filter, listener);
    }

    @Override
    public Stream<LogLine> logs(JobId id, LogQuery query) {
        if (board.view(id).isEmpty()) {
            throw error(EngineErrorCode.NOT_FOUND, "There is no such job.", Map.of("job", id));
        }
        return MergedLogs.open(parts.backend(), board, hub, parts.clock(), id, query);
    }

    @Override
    public List<QueueView> queues() {
        return ResourceViews.queues(board.queues(), board.list(JobFilter.ALL));
    }

    @Override
    public List<NodeView> nodes() {
        return ResourceViews.nodes(board.nodes(), board.list(JobFilter.ALL));
    }

    @Override
    public Health health() {
        return health.health(mailbox.depth(), board.size());
    }

    @Override
    public CompletableFuture<Health> halted() {
        return halted.copy();
    }

    // The end.

    @Override
    public void close() {
        close(parts.backend().traits().outlivesEngine() ? CloseMode.DETACH : CloseMode.STOP_JOBS);
    }

    @Override
    public void close(CloseMode mode) {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        EngineShutdown.endJobs(this, board, mode, health);
        EngineShutdown.awaitOrders(mode == CloseMode.DETACH ? loop.detach() : loop.ordersAnswered());
        EngineShutdown.awaitUsage(usage.close());
        health.closed();
        parts.backend().close();
        parts.store().close();
        hub.close();
        afterClose.run();
    }

    private static MLEngineException closed() {
        return error(EngineErrorCode.CLOSED, "The engine is closed.", Map.of());
    }

    static MLEngineException error(EngineErrorCode code, String text, Map<String, ?> details) {
        return new MLEngineException(code, text, details, null);
    }
}

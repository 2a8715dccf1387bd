package io.mlengine.core.internal.engine;

import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobFilter;
import io.mlengine.core.api.JobView;
import io.mlengine.core.api.LogQuery;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.spi.backend.ComputeBackend;
import io.mlengine.spi.backend.LogCursor;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.TreeMap;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Merges the output of a job's replicas into one stream. A line is handed out when no other replica can still deliver
 * an earlier one: each has a later line waiting or has ended, or the line is older than the window.
 */
final class MergedLogs implements Iterator<LogLine>, AutoCloseable {
    /** How long a line waits for an earlier one of another replica. */
    static final Duration WINDOW = Duration.ofMillis(250);

    private static final long BUFFER = 256;
    private static final Comparator<LogLine> ORDER = Comparator.comparing(LogLine::at)
            .thenComparing(line -> line.replica().role())
            .thenComparingInt(line -> line.replica().index())
            .thenComparing(LogLine::stream)
            .thenComparingLong(LogLine::offset);

    private final ComputeBackend backend;
    private final ViewBoard board;
    private final InstantSource clock;
    private final JobId job;
    private final LogQuery query;
    private final MLEngine.Subscription events;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<ReplicaId, Source> sources = new TreeMap<>();
    private @Nullable LogLine next;
    private boolean closed;

    private MergedLogs(
            ComputeBackend backend, ViewBoard board, EventHub hub, InstantSource clock, JobId job, LogQuery query) {
        this.backend = backend;
        this.board = board;
        this.clock = clock;
        this.job = job;
        this.query = query;
        this.events = hub.listen(JobFilter.id(job), this::onEvent);
    }

    static Stream<LogLine> open(
            ComputeBackend backend, ViewBoard board, EventHub hub, InstantSource clock, JobId job, LogQuery query) {
        MergedLogs merged = new MergedLogs(backend, board, hub, clock, job, query);
        return StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(merged, Spliterator.ORDERED | Spliterator.NONNULL), false)
                .filter(merged::isWanted)
                .onClose(merged::close);
    }

    private boolean isWanted(LogLine line) {
        return query.stream().map(line.stream()::equals).orElse(true)
                && query.since().map(since -> !line.at().isBefore(since)).orElse(true);
    }

    private void onEvent(EngineEvent event) {
        switch (event.type()) {
            case SUBMITTED, PHASE, REPLICA, DELETED -> signal();
            case WAITING, PROGRESS, NOTE -> {}
        }
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean hasNext() {
        if (next != null) {
            return true;
        }
        lock.lock();
        try {
            while (!closed) {
                boolean mayGrow = refresh();
                Optional<Source> first = sources.values().stream()
                        .filter(source -> !source.lines.isEmpty())
                        .min(Comparator.comparing(source -> source.lines.element(), ORDER));
                if (first.isPresent()) {
                    long waitNanos = waitFor(first.get().lines.element());
                    if (waitNanos <= 0) {
                        next = first.get().take();
                        return true;
                    }
                    changed.await(waitNanos, TimeUnit.NANOSECONDS);
                } else if (!mayGrow && sources.values().stream().allMatch(source -> source.ended)) {
                    return false;
                } else {
                    changed.await(1, TimeUnit.SECONDS);
                }
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** How long the line must still wait: not at all when every other source has a later one or has ended. */
    private long waitFor(LogLine line) {
        boolean settled = sources.values().stream().allMatch(source -> source.ended || !source.lines.isEmpty());
        Instant due = line.at().plus(WINDOW);
        return settled ? 0 : Duration.between(clock.instant(), due).toNanos();
    }

    @Override
    public LogLine next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        LogLine line = java.util.Objects.requireNonNull(next);
        next = null;
        return line;
    }

    @Override
    public void close() {
        events.close();
        lock.lock();
        try {
            closed = true;
            sources.values().forEach(Source::cancel);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Subscribes to replicas that are new. Returns whether there may be more later. */
    private boolean refresh() {
        Optional<JobView> view = board.view(job);
        if (view.isEmpty()) {
            return false;
        }
        Optional<Attempt> attempt = chosenAttempt(view.get());
        attempt.ifPresent(chosen -> chosen.replicas().values().stream()
                .map(ReplicaRecord::id)
                .filter(id -> query.role().map(id.role()::equals).orElse(true))
                .filter(id -> query.index().isEmpty() || query.index().getAsInt() == id.index())
                .forEach(newest -> {
                    for (int restart = 0; restart <= newest.restart(); restart++) {
                        subscribe(new ReplicaId(newest.attempt(), newest.role(), newest.index(), restart));
                    }
                }));
        boolean attemptOver = query.attempt().isPresent()
                && attempt.map(chosen -> chosen.endedAt().isPresent()).orElse(false);
        return query.follow() && !attemptOver && !view.get().phase().isTerminal();
    }

    private Optional<Attempt> chosenAttempt(JobView view) {
        if (query.attempt().isEmpty()) {
            return view.record().attempt();
        }
        int number = query.attempt().getAsInt();
        return Stream.concat(view.record().pastAttempts().stream(), view.record().attempt().stream())
                .filter(attempt -> attempt.id().number() == number)
                .findFirst();
    }

    private void subscribe(ReplicaId replica) {
        if (!sources.containsKey(replica)) {
            Source source = new Source();
            sources.put(replica, source);
            LogCursor from =
                    query.tail().isPresent() ? LogCursor.tail(query.tail().getAsInt()) : LogCursor.START;
            backend.logs(replica, from, query.follow()).subscribe(source);
        }
    }

    private final class Source implements Flow.Subscriber<LogLine> {
        private final ArrayDeque<LogLine> lines = new ArrayDeque<>();
        private Flow.@Nullable Subscription subscription;
        private boolean ended;

        LogLine take() {
            LogLine line = lines.remove();
            if (subscription != null) {
                subscription.request(1);
            }
            return line;
        }

        void cancel() {
            if (subscription != null) {
                subscription.cancel();
            }
        }

        @Override
        public void onSubscribe(Flow.Subscription newSubscription) {
            lock.lock();
            try {
                subscription = newSubscription;
            } finally {
                lock.unlock();
            }
            newSubscription.request(BUFFER);
        }

        @Override
        public void onNext(LogLine line) {
            lock.lock();
            try {
                lines.add(line);
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void onError(Throwable error) {
            onComplete();
        }

        @Override
        public void onComplete() {
            lock.lock();
            try {
                ended = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}

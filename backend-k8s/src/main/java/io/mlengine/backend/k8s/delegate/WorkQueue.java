package io.mlengine.backend.k8s.delegate;

import io.mlengine.core.time.EngineClock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that are worked on: each by one thread at a time, and once more when it was added meanwhile. Work that fails is done
 * again after a growing delay. Safe for any thread.
 *
 * @param <K> the keys
 */
final class WorkQueue<K> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkQueue.class);
    private static final Duration FIRST_DELAY = Duration.ofMillis(500);
    private static final int MOST_DOUBLINGS = 7;

    private final Executor workers;
    private final EngineClock clock;
    private final Consumer<K> work;
    private final Set<K> busy = new HashSet<>();
    private final Set<K> again = new HashSet<>();
    private final Map<K, Integer> failures = new HashMap<>();
    /** When each key is added by itself; an earlier time replaces a later one. */
    private final Map<K, Instant> due = new HashMap<>();

    private boolean closed;

    WorkQueue(Executor workers, EngineClock clock, Consumer<K> work) {
        this.workers = workers;
        this.clock = clock;
        this.work = work;
    }

    synchronized void add(K key) {
        if (closed) {
            return;
        }
        if (busy.add(key)) {
            begin(key);
        } else {
            again.add(key);
        }
    }

    /** Adds a key after a while, unless that happens earlier anyway; each key has one such time. */
    synchronized void addLater(K key, Duration delay) {
        Instant at = clock.instant().plus(delay);
        Instant known = due.get(key);
        if (closed || (known != null && !known.isAfter(at))) {
            return;
        }
        due.put(key, at);
        clock.schedule(delay, () -> isDue(key, at));
    }

    private synchronized void isDue(K key, Instant at) {
        if (due.remove(key, at)) {
            add(key);
        }
    }

    private void begin(K key) {
        try {
            workers.execute(() -> run(key));
        } catch (RejectedExecutionException ended) {
            busy.remove(key);
        }
    }

    private void run(K key) {
        boolean isDone = false;
        try {
            work.accept(key);
            isDone = true;
        } catch (RuntimeException e) {
            LOG.warn("work failed and is done again: key={} error={}", key, e.toString());
        } finally {
            ended(key, isDone);
        }
    }

    private synchronized void ended(K key, boolean isDone) {
        busy.remove(key);
        boolean isWanted = again.remove(key);
        if (closed) {
            return;
        }
        if (!isDone) {
            int count = failures.merge(key, 1, Integer::sum);
            addLater(key, FIRST_DELAY.multipliedBy(1L << Math.min(count - 1, MOST_DOUBLINGS)));
            return;
        }
        failures.remove(key);
        if (isWanted) {
            add(key);
        }
    }

    /** Begins nothing any more. */
    @Override
    public synchronized void close() {
        closed = true;
        again.clear();
        due.clear();
    }
}

package io.mlengine.backend.local.log;

import io.mlengine.spi.backend.LogCursor;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.model.ReplicaId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;

/** Serves one replica's output; each subscriber has a thread of its own, and reads no faster than it asks. */
final class LogPublisher implements Flow.Publisher<LogLine> {
    private final LogWatcher watcher;
    private final ExecutorService executor;
    private final ReplicaId replica;
    private final Path folder;
    private final LogCursor from;
    private final boolean follow;
    private final LogPhase.Source phases;

    LogPublisher(
            LogWatcher watcher,
            ExecutorService executor,
            ReplicaId replica,
            Path folder,
            LogCursor from,
            boolean follow,
            LogPhase.Source phases) {
        this.watcher = watcher;
        this.executor = executor;
        this.replica = replica;
        this.folder = folder;
        this.from = from;
        this.follow = follow;
        this.phases = phases;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super LogLine> subscriber) {
        Reading reading = new Reading(subscriber);
        subscriber.onSubscribe(reading);
        try {
            executor.execute(reading);
        } catch (RejectedExecutionException closed) {
            subscriber.onComplete();
        }
    }

    private final class Reading implements Flow.Subscription, Runnable {
        private final Flow.Subscriber<? super LogLine> subscriber;
        private final Object lock = new Object();
        private long wanted;
        private boolean cancelled;
        private boolean invalid;

        Reading(Flow.Subscriber<? super LogLine> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(long count) {
            synchronized (lock) {
                invalid |= count <= 0;
                wanted = wanted + count < 0 ? Long.MAX_VALUE : wanted + count;
                lock.notifyAll();
            }
        }

        @Override
        public void cancel() {
            synchronized (lock) {
                cancelled = true;
                lock.notifyAll();
            }
        }

        @Override
        public void run() {
            try {
                deliverAll();
                if (!isCancelled()) {
                    subscriber.onComplete();
                }
            } catch (IOException | IllegalArgumentException e) {
                subscriber.onError(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                subscriber.onError(e);
            }
        }

        private boolean isCancelled() {
            synchronized (lock) {
                return cancelled;
            }
        }

        private void deliverAll() throws IOException, InterruptedException {
            MergedReader reader = new MergedReader(begin());
            boolean finishing = !follow;
            if (finishing) {
                reader.finish();
            }
            while (awaitDemand()) {
                // Asked before reading: what was written until the end is then found by the reading that follows.
                LogPhase phase = phases.of(replica);
                if (!finishing && (phase == LogPhase.ENDED || watcher.isClosed())) {
                    reader.finish();
                    finishing = true;
                }
                LogLine line = reader.next();
                if (line != null) {
                    synchronized (lock) {
                        wanted--;
                    }
                    subscriber.onNext(line);
                } else if (finishing) {
                    return;
                } else {
                    watcher.awaitChange();
                }
            }
        }

        /** Waits until a line is wanted; false when none ever will be. */
        private boolean awaitDemand() throws InterruptedException {
            synchronized (lock) {
                while (wanted == 0 && !cancelled && !invalid) {
                    lock.wait();
                }
                if (invalid && !cancelled) {
                    throw new IllegalArgumentException("a subscriber must ask for at least one line");
                }
                return !cancelled;
            }
        }

        private List<StreamReader> begin() throws IOException {
            if (from.lastLines() < 0) {
                return StreamReader.both(replica, folder);
            }
            for (long window = 256 * 1024; ; window *= 8) {
                List<StreamReader> probes = StreamReader.both(replica, folder);
                boolean whole = true;
                long[] ends = new long[probes.size()];
                for (int i = 0; i < probes.size(); i++) {
                    ends[i] = probes.get(i).arrived();
                    whole &= ends[i] <= window;
                    probes.get(i).skipTo(ends[i] - window);
                }
                ArrayDeque<LogLine> tail = new ArrayDeque<>();
                long[] starts = new long[probes.size()];
                int[] seen = new int[probes.size()];
                MergedReader merged = new MergedReader(probes);
                for (LogLine line = merged.next(); line != null; line = merged.next()) {
                    tail.add(line);
                    if (tail.size() > from.lastLines()) {
                        LogLine dropped = tail.remove();
                        starts[dropped.stream().ordinal()] = dropped.offset();
                        seen[dropped.stream().ordinal()]++;
                    }
                }
                if (whole || tail.size() == from.lastLines() && seen[0] + seen[1] > 0) {
                    return positioned(starts, ends, window, seen);
                }
            }
        }

        /** Readers that begin after the last line that is not wanted. */
        private List<StreamReader> positioned(long[] starts, long[] ends, long window, int[] seen) {
            List<StreamReader> readers = StreamReader.both(replica, folder);
            for (int i = 0; i < starts.length; i++) {
                if (seen[i] > 0) {
                    readers.get(i).beginAt(starts[i]);
                } else {
                    readers.get(i).skipTo(ends[i] - window);
                }
            }
            return readers;
        }
    }
}

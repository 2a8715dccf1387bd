package io.mlengine.backend.k8s.cluster;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of one backend; all are daemons and end when it is closed. */
final class Threads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Threads.class);
    private static final int TIMERS = 2;
    private static final int END_READERS = 8;
    private static final int MOST_ENDS_WAITING = 200;
    private static final int MOST_LOG_READERS = 1000;
    private static final long IDLE_SECONDS = 10;

    private final ExecutorService workers;
    private final ScheduledExecutorService timers;
    private final ExecutorService ends;
    private final ExecutorService logs;

    Threads(int parallelWrites) {
        workers = pool("write", parallelWrites, new LinkedBlockingQueue<>());
        timers = new ScheduledThreadPoolExecutor(TIMERS, named("timer"));
        // More than that would delay the news too long; what does not fit is told without its last lines.
        ends = pool("end", END_READERS, new LinkedBlockingQueue<>(MOST_ENDS_WAITING));
        logs = new ThreadPoolExecutor(
                0, MOST_LOG_READERS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), named("log"));
    }

    private static ExecutorService pool(String name, int size, java.util.concurrent.BlockingQueue<Runnable> waiting) {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(size, size, IDLE_SECONDS, TimeUnit.SECONDS, waiting, named(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static ThreadFactory named(String name) {
        AtomicLong number = new AtomicLong();
        return task -> {
            Thread thread = new Thread(task, "mlengine-k8s-" + name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** For calls that write. */
    ExecutorService workers() {
        return workers;
    }

    /** For delays; nothing may block there. */
    ScheduledExecutorService timers() {
        return timers;
    }

    /** Does the same again and again, whatever becomes of one time. */
    void every(Duration pause, Runnable work) {
        timers.scheduleWithFixedDelay(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException e) {
                        LOG.error("cannot look after the cluster", e);
                    }
                },
                pause.toNanos(),
                pause.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    /** For the last output of what has ended. */
    ExecutorService ends() {
        return ends;
    }

    /** For output that is followed. */
    ExecutorService logs() {
        return logs;
    }

    @Override
    public void close() {
        List.of(workers, timers, ends, logs).forEach(ExecutorService::shutdownNow);
    }
}

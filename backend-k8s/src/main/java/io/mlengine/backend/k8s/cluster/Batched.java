package io.mlengine.backend.k8s.cluster;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Does the same work once for many requests that come close together. Thread-safe. */
final class Batched {
    private final ScheduledExecutorService timers;
    private final Duration delay;
    private final Runnable work;
    private final AtomicBoolean isPlanned = new AtomicBoolean();

    Batched(ScheduledExecutorService timers, Duration delay, Runnable work) {
        this.timers = timers;
        this.delay = delay;
        this.work = work;
    }

    /** Asks for the work; it begins within the delay and sees everything that was so when it was asked for. */
    void request() {
        if (isPlanned.compareAndSet(false, true)) {
            try {
                timers.schedule(this::run, delay.toNanos(), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException closed) {
                isPlanned.set(false);
            }
        }
    }

    private void run() {
        isPlanned.set(false);
        work.run();
    }
}

package io.mlengine.backend.k8s.cluster;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does the same work once for many requests that come close together, one time after the other. Thread-safe. */
final class Batched {
    private static final Logger LOG = LoggerFactory.getLogger(Batched.class);

    private final ScheduledExecutorService timers;
    private final Duration delay;
    private final Runnable work;
    private final AtomicBoolean isPlanned = new AtomicBoolean();

    Batched(ScheduledExecutorService timers, Duration delay, Runnable work) {
        this.timers = timers;
        this.delay = delay;
        this.work = work;
    }

    /** Work that never overtakes another: what of that is asked for by then is done first. */
    static Batched after(Batched first, ScheduledExecutorService timers, Duration delay, Runnable work) {
        return new Batched(timers, delay, () -> {
            first.catchUp();
            work.run();
        });
    }

    /** Asks for the work; it begins within the delay and sees everything that was so when it was asked for. */
    void request() {
        if (isPlanned.compareAndSet(false, true)) {
            try {
                timers.schedule(this::catchUp, delay.toNanos(), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException closed) {
                isPlanned.set(false);
            }
        }
    }

    private synchronized void catchUp() {
        if (isPlanned.compareAndSet(true, false)) {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.error("cannot tell what has changed in the cluster", e);
            }
        }
    }
}

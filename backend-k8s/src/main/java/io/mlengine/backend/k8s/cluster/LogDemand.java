package io.mlengine.backend.k8s.cluster;

import java.time.Duration;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

/** How many lines a subscriber still wants. Thread-safe. */
final class LogDemand implements Flow.Subscription {
    private long wanted;
    private boolean cancelled;
    private boolean invalid;

    @Override
    public synchronized void request(long count) {
        invalid |= count <= 0;
        wanted = wanted + count < 0 ? Long.MAX_VALUE : wanted + count;
        notifyAll();
    }

    @Override
    public synchronized void cancel() {
        cancelled = true;
        notifyAll();
    }

    synchronized boolean isCancelled() {
        return cancelled;
    }

    /**
     * Waits until a line is wanted and takes note that it will be delivered.
     *
     * @return false when the subscriber has cancelled
     * @throws IllegalArgumentException when it asked for no lines or fewer, which the rules of the JDK forbid
     */
    synchronized boolean take() throws InterruptedException {
        while (wanted == 0 && !cancelled && !invalid) {
            wait();
        }
        if (invalid) {
            throw new IllegalArgumentException("a subscriber asked for no lines");
        }
        wanted--;
        return !cancelled;
    }

    /** Waits; returns early when the subscriber cancels. */
    synchronized void pause(Duration time) throws InterruptedException {
        long until = System.nanoTime() + time.toNanos();
        long left = time.toNanos();
        while (!cancelled && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = until - System.nanoTime();
        }
    }
}

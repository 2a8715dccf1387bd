package io.mlengine.backend.k8s.cluster;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Limits requests to a rate with a burst. Whoever comes first goes first: turns are handed out in the order of asking,
 * so that no kind of request can keep another one waiting for ever. Thread-safe.
 */
public final class RequestLimit {
    /** No limit. */
    public static final RequestLimit NONE = new RequestLimit(0, 0, () -> 0);

    private final long nanosEach;
    private final long burstNanos;
    private final LongSupplier nanos;
    private long freeAt = Long.MIN_VALUE;

    private RequestLimit(long nanosEach, long burstNanos, LongSupplier nanos) {
        this.nanosEach = nanosEach;
        this.burstNanos = burstNanos;
        this.nanos = nanos;
    }

    /**
     * Makes a limit.
     *
     * @param perSecond requests a second; 0 for no limit
     * @param burst how many may go at once after a pause, at least 1
     * @param nanos a clock that only goes forward
     * @return the limit
     */
    public static RequestLimit of(double perSecond, int burst, LongSupplier nanos) {
        if (perSecond <= 0) {
            return NONE;
        }
        long each = Math.round(1e9 / perSecond);
        return new RequestLimit(each, each * (Math.max(1, burst) - 1), nanos);
    }

    /** Waits for the caller's turn. */
    public void await() {
        long wait = turn();
        long until = nanos.getAsLong() + wait;
        while (wait > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(wait);
            wait = until - nanos.getAsLong();
        }
    }

    /** Hands out the next turn; returns the nanoseconds until it comes. */
    synchronized long turn() {
        if (nanosEach == 0) {
            return 0;
        }
        long now = nanos.getAsLong();
        long start = freeAt == Long.MIN_VALUE ? now - burstNanos : Math.max(freeAt, now - burstNanos);
        freeAt = start + nanosEach;
        return Math.max(0, start - now);
    }
}

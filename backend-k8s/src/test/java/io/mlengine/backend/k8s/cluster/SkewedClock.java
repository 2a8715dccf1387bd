package io.mlengine.backend.k8s.cluster;

import io.mlengine.core.time.EngineClock;
import java.time.Duration;
import java.time.Instant;

/** A machine's own clock: it shows another time than the true one, and runs at another rate. */
final class SkewedClock implements EngineClock {
    private final EngineClock truth;
    private final double rate;
    private final Duration offset;

    SkewedClock(EngineClock truth, double rate, Duration offset) {
        this.truth = truth;
        this.rate = rate;
        this.offset = offset;
    }

    @Override
    public Instant instant() {
        return truth.instant().plus(offset);
    }

    @Override
    public long nanos() {
        return (long) (truth.nanos() * rate) + offset.toNanos();
    }

    @Override
    public Cancellation schedule(Duration delay, Runnable task) {
        return truth.schedule(Duration.ofNanos((long) Math.ceil(delay.toNanos() / rate)), task);
    }
}

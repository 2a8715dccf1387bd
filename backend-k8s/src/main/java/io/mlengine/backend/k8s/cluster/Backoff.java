package io.mlengine.backend.k8s.cluster;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before trying again: doubled each time up to a bound, then shortened by chance by up to a half, so
 * that those who failed together do not come back together.
 *
 * @param first the wait before the second try
 * @param most the longest wait
 */
record Backoff(Duration first, Duration most) {
    /** What suits a server that answers within milliseconds. */
    static final Backoff USUAL = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5));

    private static final int MOST_DOUBLINGS = 20;

    /** The wait after so many failed tries, at least 1. */
    Duration after(int failures, RandomGenerator random) {
        long factor = 1L << Math.min(failures - 1, MOST_DOUBLINGS);
        long full = Math.min(first.toNanos() * factor, most.toNanos());
        return Duration.ofNanos(full / 2 + random.nextLong(full / 2 + 1));
    }
}

package io.mlengine.core.job;

import java.time.Duration;

/**
 * The wait before the next attempt: {@code initial} · 2^n, at most {@code most}, where n counts the retries since the
 * last time that it ran for {@code resetAfter}.
 *
 * @param initial first wait
 * @param most longest wait
 * @param resetAfter a run of this length forgets earlier failures
 */
public record BackOff(Duration initial, Duration most, Duration resetAfter) {
    /** 10 s, doubled up to 5 min, forgotten after 10 min of running. */
    public static final BackOff DEFAULT =
            new BackOff(Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofMinutes(10));

    /**
     * Returns the wait before a retry.
     *
     * @param retries retries since the last reset, 0 for the first
     * @return the wait
     */
    public Duration before(int retries) {
        if (initial.isZero()) {
            return Duration.ZERO;
        }
        Duration wait = initial;
        for (int i = 0; i < retries && wait.compareTo(most) < 0; i++) {
            wait = wait.multipliedBy(2);
        }
        return wait.compareTo(most) > 0 ? most : wait;
    }
}

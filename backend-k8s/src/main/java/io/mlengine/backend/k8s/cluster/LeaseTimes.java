package io.mlengine.backend.k8s.cluster;

import java.time.Duration;

/**
 * The times of an election. Clocks of candidates may run at rates that differ by less than lease duration to renew
 * deadline; what they show does not matter.
 *
 * @param leaseDuration how long a candidate must have seen a lease unchanged before it takes it
 * @param renewDeadline how long a leader leads after the last successful renewal was sent; shorter than the lease
 *     duration, so that the old leader has stopped before a new one begins
 * @param period time between two renewals, and between two looks of a candidate
 */
public record LeaseTimes(Duration leaseDuration, Duration renewDeadline, Duration period) {
    /** The shortest lease: below it, a slow answer of the API server ends the term. */
    public static final Duration SHORTEST = Duration.ofSeconds(1);

    /**
     * Checks the order of the times.
     *
     * @throws IllegalArgumentException when they are not {@code 0 < 2 * period <= renewDeadline < leaseDuration}
     */
    public LeaseTimes {
        boolean valid = !period.isZero()
                && !period.isNegative()
                && period.multipliedBy(2).compareTo(renewDeadline) <= 0
                && renewDeadline.compareTo(leaseDuration) < 0
                && leaseDuration.compareTo(SHORTEST) >= 0;
        if (!valid) {
            throw new IllegalArgumentException("period " + period + ", renew deadline " + renewDeadline
                    + " and lease duration " + leaseDuration + " do not fit together");
        }
    }

    /**
     * The usual proportions, 15 : 10 : 2.
     *
     * @param leaseDuration the lease duration, at least {@link #SHORTEST}
     * @return the times
     */
    public static LeaseTimes of(Duration leaseDuration) {
        return new LeaseTimes(
                leaseDuration,
                leaseDuration.multipliedBy(2).dividedBy(3),
                leaseDuration.multipliedBy(2).dividedBy(15));
    }

    /**
     * How long one request may take; a second one fits into the renew deadline.
     *
     * @return half of the renew deadline
     */
    public Duration requestTimeout() {
        return renewDeadline.dividedBy(2);
    }
}

package io.mlengine.core.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The engine's only source of time. Wall time is for records and people; monotonic time is for measuring; both may
 * differ and the wall may jump.
 */
public interface EngineClock extends InstantSource {
    /**
     * Monotonic time.
     *
     * @return nanoseconds since an arbitrary origin
     */
    long nanos();

    /**
     * Runs a task later.
     *
     * @param delay how much later; zero or negative for as soon as possible
     * @param task what to run, on a thread of the clock; must return at once
     * @return cancels the task when closed
     */
    Cancellation schedule(Duration delay, Runnable task);

    /** Stops a scheduled task. */
    interface Cancellation {
        /** Makes sure that the task does not run if it has not begun. */
        void cancel();
    }

    /**
     * Time until a wall-clock instant.
     *
     * @param instant the instant
     * @return the time, not negative
     */
    default Duration until(Instant instant) {
        Duration left = Duration.between(instant(), instant);
        return left.isNegative() ? Duration.ZERO : left;
    }
}

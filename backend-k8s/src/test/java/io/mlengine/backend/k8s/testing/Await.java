package io.mlengine.backend.k8s.testing;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits in tests: for a condition, with a deadline, never for a time. Blocks the calling thread. */
public final class Await {
    /** Far more than anything takes here: only a test that fails waits this long. */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration PAUSE = Duration.ofMillis(10);

    private Await() {}

    /**
     * Returns once the condition holds.
     *
     * @throws AssertionError if it never did
     */
    public static void until(String what, BooleanSupplier condition) {
        until(what, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    /**
     * Returns the first value that the source has.
     *
     * @throws AssertionError if it never had one
     */
    public static <T> T until(String what, Supplier<Optional<T>> source) {
        return until(what, () -> null, source);
    }

    /**
     * Returns the first value that the source has.
     *
     * @param seen what was seen last, for the error
     * @throws AssertionError if it never had one
     */
    public static <T> T until(String what, Supplier<? extends @Nullable Object> seen, Supplier<Optional<T>> source) {
        long start = System.nanoTime();
        while (true) {
            Optional<T> found = source.get();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                Object last = seen.get();
                throw new AssertionError("never true in " + PATIENCE.toSeconds() + " s: " + what
                        + (last == null ? "" : "; last seen: " + last));
            }
            LockSupport.parkNanos(PAUSE.toNanos());
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("interrupted while waiting for: " + what);
            }
        }
    }
}

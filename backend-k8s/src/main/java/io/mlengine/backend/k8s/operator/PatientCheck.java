package io.mlengine.backend.k8s.operator;

import io.mlengine.core.time.EngineClock;
import java.time.Duration;
import java.util.function.Supplier;

/** Passes until the check behind it has failed for a time: what heals by itself needs no restart. Thread-safe. */
public final class PatientCheck implements Supplier<String> {
    private final Supplier<String> check;
    private final Duration patience;
    private final EngineClock clock;
    private long goodAtNanos;

    /**
     * A check that begins as good.
     *
     * @param check what is wrong now, empty when nothing is
     * @param patience for how long it may fail
     * @param clock the time
     */
    public PatientCheck(Supplier<String> check, Duration patience, EngineClock clock) {
        this.check = check;
        this.patience = patience;
        this.clock = clock;
        this.goodAtNanos = clock.nanos();
    }

    @Override
    public synchronized String get() {
        long now = clock.nanos();
        String trouble = check.get();
        if (trouble.isEmpty()) {
            goodAtNanos = now;
        }
        boolean isPatient = now - goodAtNanos <= patience.toNanos();
        return isPatient ? "" : trouble + ", for more than " + patience.toSeconds() + " s";
    }
}

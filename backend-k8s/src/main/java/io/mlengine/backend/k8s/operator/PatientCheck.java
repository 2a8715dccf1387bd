package io.mlengine.backend.k8s.operator;

import io.mlengine.core.time.EngineClock;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Passes until the check behind it has failed for a time: what heals by itself needs no restart. Thread-safe. */
public final class PatientCheck implements BooleanSupplier {
    private final BooleanSupplier check;
    private final long patienceNanos;
    private final EngineClock clock;
    private long goodAtNanos;

    /**
     * A check that begins as good.
     *
     * @param check says whether all is well now
     * @param patience for how long it may fail
     * @param clock the time
     */
    public PatientCheck(BooleanSupplier check, Duration patience, EngineClock clock) {
        this.check = check;
        this.patienceNanos = patience.toNanos();
        this.clock = clock;
        this.goodAtNanos = clock.nanos();
    }

    @Override
    public synchronized boolean getAsBoolean() {
        long now = clock.nanos();
        if (check.getAsBoolean()) {
            goodAtNanos = now;
        }
        return now - goodAtNanos <= patienceNanos;
    }
}

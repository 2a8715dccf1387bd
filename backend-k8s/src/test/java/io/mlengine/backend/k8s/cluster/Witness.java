package io.mlengine.backend.k8s.cluster;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Looks at two candidates all the time from a thread of its own. */
final class Witness implements AutoCloseable {
    private static final long PAUSE_NANOS = 200_000;

    private final RealCandidate one;
    private final RealCandidate other;
    private final Thread thread;
    private final AtomicBoolean sawTwo = new AtomicBoolean();
    private volatile boolean ended;

    Witness(RealCandidate one, RealCandidate other) {
        this.one = one;
        this.other = other;
        thread = new Thread(this::look, "witness");
        thread.start();
    }

    private void look() {
        while (!ended) {
            // Who leads before and after the other was seen to lead has led at that moment too.
            boolean before = one.isHeld();
            boolean between = other.isHeld();
            if (before && between && one.isHeld()) {
                sawTwo.set(true);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    boolean sawTwoLeaders() {
        return sawTwo.get();
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

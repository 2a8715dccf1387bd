package io.mlengine.backend.k8s.cluster;

import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.error.MLEngineException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Lets a write through only while its engine is the newest known and this process is in charge. Thread-safe. */
public final class WriteGate {
    private final BooleanSupplier leads;
    private final RequestLimit limit;
    private final AtomicLong newest = new AtomicLong(Long.MIN_VALUE);
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Makes a gate.
     *
     * @param leads whether this process is in charge; asked right before each write, from any thread
     * @param limit how many writes a second
     */
    public WriteGate(BooleanSupplier leads, RequestLimit limit) {
        this.leads = leads;
        this.limit = limit;
    }

    /**
     * Takes note of an order, before anything is done for it.
     *
     * @param fence who orders
     * @throws MLEngineException when a newer engine is known, this process is not in charge or the gate is closed
     */
    public void accept(Fence fence) {
        newest.accumulateAndGet(fence.token(), Math::max);
        check(fence);
    }

    /**
     * Asked right before a write is sent; waits where writes are limited.
     *
     * @param fence for whom
     * @throws MLEngineException as {@link #accept} does
     */
    public void pass(Fence fence) {
        limit.await();
        check(fence);
    }

    /**
     * Asked right before a write that nobody ordered and that decides nothing, such as an explanation.
     *
     * @throws MLEngineException when this process is not in charge or the gate is closed
     */
    void pass() {
        pass(new Fence("", newest.get()));
    }

    /** Lets nothing through from now on. */
    public void close() {
        closed.set(true);
    }

    private void check(Fence fence) {
        if (closed.get()) {
            throw new MLEngineException(KubernetesError.CLOSED, "The backend is closed.", Map.of(), null);
        }
        long known = newest.get();
        if (fence.token() < known) {
            throw new MLEngineException(
                    KubernetesError.FENCED,
                    "Another engine has taken over.",
                    Map.of("token", fence.token(), "newest", known),
                    null);
        }
        if (!leads.getAsBoolean()) {
            throw new MLEngineException(
                    KubernetesError.NOT_LEADING,
                    "This process is not in charge.",
                    Map.of("owner", fence.owner()),
                    null);
        }
    }
}

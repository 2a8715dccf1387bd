package io.mlengine.backend.k8s.cluster;

import io.mlengine.core.time.EngineClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * An election with one candidate, for whoever makes sure by other means that there is only one controller. The token is
 * the time of the start in seconds, so that it rises from one process to the next.
 */
public final class SoleElection implements Election {
    private static final Duration FOR_EVER = Duration.ofDays(365_000);

    private final EngineClock clock;
    private final Executor callbacks;
    private final long token;
    private volatile boolean held;
    private @Nullable LeadershipListener listener;

    /**
     * An election that is won at its start.
     *
     * @param clock the time
     * @param callbacks runs the listener, one call after the other
     */
    public SoleElection(EngineClock clock, Executor callbacks) {
        this.clock = clock;
        this.callbacks = callbacks;
        this.token = clock.instant().getEpochSecond();
    }

    @Override
    public Leadership leadership() {
        return leadership;
    }

    private final Leadership leadership = new Leadership() {
        @Override
        public boolean isHeld() {
            return held;
        }

        @Override
        public long token() {
            return token;
        }

        @Override
        public Optional<Instant> heldUntil() {
            return held ? Optional.of(clock.instant().plus(FOR_EVER)) : Optional.empty();
        }
    };

    @Override
    public synchronized void start(LeadershipListener hears) {
        listener = hears;
        held = true;
        callbacks.execute(() -> hears.gained(token));
    }

    @Override
    public void close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        synchronized (this) {
            LeadershipListener hears = listener;
            if (!held || hears == null) {
                return;
            }
            held = false;
            callbacks.execute(() -> {
                hears.lost("given up");
                done.complete(null);
            });
        }
        done.join();
    }
}

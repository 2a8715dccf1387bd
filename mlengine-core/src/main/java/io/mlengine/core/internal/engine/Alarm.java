package io.mlengine.core.internal.engine;

import io.mlengine.core.time.EngineClock;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Wakes the loop at one point in time, the next. Owned by the loop. */
final class Alarm {
    private final EngineClock clock;
    private final Consumer<Runnable> answers;
    private EngineClock.@Nullable Cancellation armed;
    private @Nullable Instant at;

    Alarm(EngineClock clock, Consumer<Runnable> answers) {
        this.clock = clock;
        this.answers = answers;
    }

    void arm(Optional<Instant> time) {
        Instant next = time.orElse(null);
        if (Objects.equals(next, at)) {
            return;
        }
        if (armed != null) {
            armed.cancel();
            armed = null;
        }
        at = next;
        if (next != null) {
            armed = clock.schedule(clock.until(next), () -> answers.accept(() -> at = null));
        }
    }
}

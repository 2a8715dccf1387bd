package io.mlengine.backend.k8s.cluster;

import io.mlengine.core.time.EngineClock;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Gives each request exactly one answer in time; what comes later is dropped. Thread-safe. */
final class TimedRequests {
    private final EngineClock clock;
    private final Duration timeout;

    TimedRequests(EngineClock clock, Duration timeout) {
        this.clock = clock;
        this.timeout = timeout;
    }

    /** Calls one of both, once: on the thread of the answer, or on the clock's when there is none in time. */
    <T> void ask(CompletionStage<T> request, Consumer<T> onAnswer, Consumer<Throwable> onFailure) {
        AtomicBoolean answered = new AtomicBoolean();
        EngineClock.Cancellation timer = clock.schedule(timeout, () -> {
            if (answered.compareAndSet(false, true)) {
                onFailure.accept(new TimeoutException("no answer within " + timeout));
            }
        });
        request.whenComplete((answer, failure) -> {
            timer.cancel();
            if (!answered.compareAndSet(false, true)) {
                return;
            }
            if (failure == null) {
                onAnswer.accept(answer);
            } else {
                boolean isWrapped = failure instanceof CompletionException && failure.getCause() != null;
                onFailure.accept(isWrapped ? failure.getCause() : failure);
            }
        });
    }
}

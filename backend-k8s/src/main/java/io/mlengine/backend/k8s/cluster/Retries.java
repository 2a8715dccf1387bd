package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Makes calls on worker threads and makes them again while they may succeed; nobody waits between two tries. */
final class Retries {
    private final Executor workers;
    private final ScheduledExecutorService timers;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Backoff backoff;

    Retries(Executor workers, ScheduledExecutorService timers, InstantSource clock, RandomGenerator random) {
        this.workers = workers;
        this.timers = timers;
        this.clock = clock;
        this.random = random;
        this.backoff = Backoff.USUAL;
    }

    /**
     * Calls until it succeeds, fails for good or time is up.
     *
     * @param patience how long tries may begin
     * @param again which refusals may pass
     * @param call blocks; runs on a worker
     * @return the result, or the last failure
     */
    <T> CompletableFuture<T> call(Duration patience, Predicate<KubernetesClientException> again, Supplier<T> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        attempt(new Trial<>(clock.instant().plus(patience), again, call, answer), 1);
        return answer;
    }

    private record Trial<T>(
            Instant deadline,
            Predicate<KubernetesClientException> again,
            Supplier<T> call,
            CompletableFuture<T> answer) {}

    private <T> void attempt(Trial<T> trial, int number) {
        try {
            workers.execute(() -> run(trial, number));
        } catch (RejectedExecutionException closed) {
            trial.answer().completeExceptionally(closed);
        }
    }

    private <T> void run(Trial<T> trial, int number) {
        try {
            trial.answer().complete(trial.call().get());
        } catch (KubernetesClientException e) {
            Duration wait = backoff.after(number, random);
            if (trial.again().test(e) && clock.instant().plus(wait).isBefore(trial.deadline())) {
                later(trial, number + 1, wait);
            } else {
                trial.answer().completeExceptionally(e);
            }
        } catch (RuntimeException e) {
            trial.answer().completeExceptionally(e);
        }
    }

    private <T> void later(Trial<T> trial, int number, Duration wait) {
        try {
            timers.schedule(() -> attempt(trial, number), wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            trial.answer().completeExceptionally(closed);
        }
    }
}

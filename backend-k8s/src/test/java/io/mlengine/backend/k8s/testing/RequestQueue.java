package io.mlengine.backend.k8s.testing;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Supplier;

/**
 * The requests of a kubelet about one pod, one after the other, each repeated while the API server is away. What the
 * server refuses is about a pod that is gone, and ends the queue. Not thread-safe.
 */
final class RequestQueue {
    private static final Duration RETRY = Duration.ofMillis(100);

    private final Clock clock;
    private final Queue<Supplier<Optional<Runnable>>> steps = new ArrayDeque<>();
    private boolean isBusy;

    /** Runs work on the kubelet's thread. */
    interface Clock {
        /** How long the kubelet takes for a step. */
        Duration latency();

        void later(Duration delay, Runnable work);
    }

    RequestQueue(Clock clock) {
        this.clock = clock;
    }

    /** Adds a step: what it requests is asked for when its turn has come, and may then be nothing. */
    void add(Supplier<Optional<Runnable>> step) {
        steps.add(step);
        if (!isBusy) {
            next();
        }
    }

    /** Forgets what has not been requested yet. */
    void clear() {
        steps.clear();
    }

    private void next() {
        Supplier<Optional<Runnable>> step = steps.poll();
        isBusy = step != null;
        if (step != null) {
            clock.later(clock.latency(), () -> step.get().ifPresentOrElse(this::send, this::next));
        }
    }

    private void send(Runnable request) {
        try {
            request.run();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND || e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                steps.clear();
            } else {
                clock.later(RETRY, () -> send(request));
                return;
            }
        }
        next();
    }
}

package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether a watch that tells nothing has missed something. A connection whose other end has vanished without a
 * word looks like a cluster in which nothing happens; so when nothing is told for a while, the server is asked on another
 * connection what has happened since. Thread-safe.
 *
 * @param <T> what is watched
 */
public final class WatchProbe<T> {
    private static final Logger LOG = LoggerFactory.getLogger(WatchProbe.class);
    private static final Duration ANSWER = Duration.ofSeconds(1);

    /** What is known of the watch. */
    enum State {
        /** It has told everything, as far as anybody knows. */
        FINE,
        /** The server does not answer the question, so nobody knows. */
        UNANSWERED,
        /** It has not told something that has happened. */
        MISSED
    }

    private final BiFunction<ListOptions, Watcher<T>, Watch> source;
    private final Duration pause;
    private final Executor executor;
    private final InstantSource clock;
    private String seen = "";
    private Instant nextQuestion = Instant.MIN;
    private boolean isAsking;
    private State answer = State.FINE;
    private @Nullable Instant answeredSince;

    /**
     * Makes a probe.
     *
     * @param source begins another watch on the same objects; may block
     * @param pause how long the watch may be silent before the server is asked, and lag behind an answer
     * @param executor where the server is asked
     * @param clock the time
     */
    public WatchProbe(
            BiFunction<ListOptions, Watcher<T>, Watch> source, Duration pause, Executor executor, InstantSource clock) {
        this.source = source;
        this.pause = pause;
        this.executor = executor;
        this.clock = clock;
    }

    /**
     * Looks at the watch; called about once a second.
     *
     * @param upTo the version of the last change that it has told
     * @return what is known of it
     */
    synchronized State look(String upTo) {
        Instant now = clock.instant();
        if (!upTo.equals(seen)) {
            seen = upTo;
            nextQuestion = now.plus(pause);
            answered(State.FINE);
        }
        if (!isAsking && !now.isBefore(nextQuestion)) {
            ask(now);
        }
        // News may be on its way on both connections.
        boolean lasts = answeredSince != null && !now.isBefore(answeredSince.plus(pause));
        return lasts ? answer : State.FINE;
    }

    private void ask(Instant now) {
        String upTo = seen;
        isAsking = true;
        nextQuestion = now.plus(pause);
        try {
            executor.execute(() -> {
                State found = question(upTo);
                synchronized (this) {
                    isAsking = false;
                    if (upTo.equals(seen)) {
                        answered(found);
                    }
                }
            });
        } catch (RejectedExecutionException closed) {
            isAsking = false;
        }
    }

    private synchronized void answered(State now) {
        if (now == State.FINE) {
            answeredSince = null;
        } else if (answeredSince == null || now != answer) {
            answeredSince = clock.instant();
        }
        answer = now;
    }

    private State question(String upTo) {
        CompletableFuture<State> first = new CompletableFuture<>();
        ListOptions options = new ListOptionsBuilder()
                .withResourceVersion(upTo)
                .withTimeoutSeconds(2 * ANSWER.toSeconds())
                .build();
        try {
            Watch watch = source.apply(options, new FirstNews<>(first));
            try {
                return first.completeOnTimeout(State.FINE, ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                        .join();
            } finally {
                watch.close();
            }
        } catch (KubernetesClientException e) {
            LOG.debug("cannot ask for what a watch may have missed cause={}", e.toString());
            return State.UNANSWERED;
        }
    }

    private record FirstNews<T>(CompletableFuture<State> first) implements Watcher<T> {
        @Override
        public void eventReceived(Action action, T object) {
            if (action != Action.BOOKMARK) {
                first.complete(State.MISSED);
            }
        }

        @Override
        public void onClose(WatcherException cause) {
            // So much has happened that the server does not remember.
            first.complete(cause.isHttpGone() ? State.MISSED : State.UNANSWERED);
        }

        @Override
        public void onClose() {
            first.complete(State.FINE);
        }
    }
}

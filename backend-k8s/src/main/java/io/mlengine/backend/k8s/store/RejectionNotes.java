package io.mlengine.backend.k8s.store;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.core.time.EngineClock;
import io.mlengine.spi.model.Violation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows in its status why an object is no job. A write that fails is made again for some minutes; after that the object
 * counts as not judged, so the next look at it, or the next engine, does so anew. Safe for any thread.
 */
final class RejectionNotes {
    private static final Logger LOG = LoggerFactory.getLogger(RejectionNotes.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** About four minutes. */
    static final int TRIES = 12;

    /** Writes a rejection over a status that holds no record; blocks. */
    interface Writes {
        /**
         * Writes it.
         *
         * @throws KubernetesClientException when nothing is known of the write, or the server refused it
         */
        void write(TrainEntry entry, List<Violation> violations);
    }

    private final Writes writes;
    private final BooleanSupplier leads;
    private final Executor workers;
    private final EngineClock clock;
    private volatile boolean closed;

    RejectionNotes(Writes writes, BooleanSupplier leads, Executor workers, EngineClock clock) {
        this.writes = writes;
        this.leads = leads;
        this.workers = workers;
        this.clock = clock;
    }

    /** Shows what is wrong with the newest spec of an object. */
    void show(TrainEntry entry, List<Violation> violations) {
        long generation = entry.generation();
        execute(entry, () -> write(entry, violations, generation, 1, FIRST_PAUSE));
    }

    private void execute(TrainEntry entry, Runnable work) {
        try {
            workers.execute(work);
        } catch (RejectedExecutionException closing) {
            LOG.debug("a rejection is not noted any more: job={}", entry.job());
        }
    }

    private void write(TrainEntry entry, List<Violation> violations, long generation, int number, Duration pause) {
        // Another generation is judged by itself, and another leader judges all objects.
        boolean isDue = !closed && leads.getAsBoolean() && !entry.isAccepted() && entry.generation() == generation;
        if (!isDue) {
            return;
        }
        try {
            writes.write(entry, violations);
        } catch (KubernetesClientException e) {
            LOG.warn("a rejection could not be noted: job={} try={} error={}", entry.job(), number, e.getMessage());
            if (number == TRIES) {
                entry.notJudged(generation);
                return;
            }
            Duration twice = pause.multipliedBy(2);
            Duration next = twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
            clock.schedule(pause, () -> execute(entry, () -> write(entry, violations, generation, number + 1, next)));
        }
    }

    void close() {
        closed = true;
    }
}

package io.mlengine.backend.k8s.store;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.core.time.EngineClock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes sure that an object of which a watch says that it is gone is gone: a whole job ends because of it. */
final class Departures {
    private static final Logger LOG = LoggerFactory.getLogger(Departures.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** Reads an object with certainty; blocks. */
    interface Reads {
        /**
         * Reads the object.
         *
         * @return empty when it is gone
         * @throws KubernetesClientException when nothing is known of it
         */
        Optional<MLTrainResource> read(TrainEntry entry);
    }

    private final Reads reads;
    private final Executor workers;
    private final EngineClock clock;
    private final Consumer<TrainEntry> gone;
    private volatile boolean closed;

    Departures(Reads reads, Executor workers, EngineClock clock, Consumer<TrainEntry> gone) {
        this.reads = reads;
        this.workers = workers;
        this.clock = clock;
        this.gone = gone;
    }

    /** Asks until there is an answer, on a worker, and tells once if the object is gone. */
    void check(TrainEntry entry) {
        try {
            workers.execute(() -> ask(entry));
        } catch (RejectedExecutionException closing) {
            LOG.debug("nobody asks any more whether an object is gone: job={}", entry.job());
        }
    }

    private void ask(TrainEntry entry) {
        if (closed) {
            return;
        }
        try {
            Optional<MLTrainResource> there = reads.read(entry);
            if (there.isEmpty()) {
                gone.accept(entry);
            } else {
                LOG.warn("an object that was said to be gone is there: job={}", entry.job());
                entry.seen(there.get());
            }
        } catch (KubernetesClientException e) {
            LOG.warn("whether an object is gone is not known yet: job={} error={}", entry.job(), e.getMessage());
            clock.schedule(PAUSE, () -> check(entry));
        }
    }

    void close() {
        closed = true;
    }
}

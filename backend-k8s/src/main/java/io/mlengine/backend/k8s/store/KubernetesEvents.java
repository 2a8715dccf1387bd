package io.mlengine.backend.k8s.store;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.EngineListener;
import io.mlengine.spi.model.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what becomes of jobs as Events, which {@code kubectl describe} shows. An Event that cannot be written is left out,
 * as are those that are too many for the few writers that Events get: the status holds the truth.
 */
final class KubernetesEvents implements EngineListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesEvents.class);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);
    private static final int ABREAST = 2;
    private static final int MOST_STEPS = 10_000;
    private static final int MOST_WAITS = 1_000;

    private final KubernetesClient client;
    private final Lane steps;
    private final Lane waits;
    private final EventMemory memory = new EventMemory();

    KubernetesEvents(KubernetesClient client, Executor writers) {
        this.client = client;
        this.steps = new Lane(writers, ABREAST, MOST_STEPS);
        this.waits = new Lane(writers, 1, MOST_WAITS);
    }

    @Override
    public void onEvent(EngineEvent event) {
        Lane lane = event.type() == EngineEvent.Type.WAITING ? waits : steps;
        JobEvents.of(event)
                .filter(told -> memory.isNew(event.job(), event.type(), event.text(), event.at()))
                .ifPresent(told -> write(lane, told));
    }

    /** Warns of something that no engine knows of. */
    void warn(ObjectMeta train, String reason, String text, Instant now) {
        write(steps, JobEvents.event(train, reason, text, true, now));
    }

    /** An engine before this one has said why a job waits. */
    void waited(JobId job, String text) {
        memory.waited(job, text);
    }

    private void write(Lane lane, Event event) {
        if (!lane.offer(() -> write(event))) {
            LOG.debug("an Event was left out, too many wait: reason={}", event.getReason());
        }
    }

    private void write(Event event) {
        try {
            client.v1()
                    .events()
                    .inNamespace(event.getMetadata().getNamespace())
                    .resource(event)
                    .create();
        } catch (KubernetesClientException e) {
            LOG.debug("an Event could not be written: reason={} error={}", event.getReason(), e.getMessage());
        }
    }

    /** Writes the last steps, as far as that takes no time to speak of; the rest is left out. */
    @Override
    public void close() {
        waits.close();
        steps.drain(LAST_WORDS);
    }
}

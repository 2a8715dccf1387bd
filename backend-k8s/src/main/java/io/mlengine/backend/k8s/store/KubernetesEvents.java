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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what becomes of jobs as Events, which {@code kubectl describe} shows. The same is said of a job at most once a
 * minute. An Event that cannot be written is left out: the status holds the truth.
 */
final class KubernetesEvents implements EngineListener {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesEvents.class);
    private static final Duration QUIET = Duration.ofMinutes(1);
    private static final int REMEMBERED = 10_000;

    private record Said(JobId job, String reason) {}

    private final KubernetesClient client;
    private final Executor writers;
    private final Map<Said, Instant> said = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Said, Instant> eldest) {
            return size() > REMEMBERED;
        }
    };

    KubernetesEvents(KubernetesClient client, Executor writers) {
        this.client = client;
        this.writers = writers;
    }

    @Override
    public void onEvent(EngineEvent event) {
        JobEvents.of(event).filter(told -> isNew(event, told)).ifPresent(told -> writers.execute(() -> write(told)));
    }

    /** Warns of something that no engine knows of. */
    void warn(ObjectMeta train, String reason, String text, Instant now) {
        Event warning = JobEvents.event(train, reason, text, true, now);
        writers.execute(() -> write(warning));
    }

    private synchronized boolean isNew(EngineEvent event, Event told) {
        if (event.type() == EngineEvent.Type.PHASE) {
            return true;
        }
        Said what = new Said(event.job(), told.getReason());
        Instant before = said.get(what);
        if (before != null && Duration.between(before, event.at()).compareTo(QUIET) < 0) {
            return false;
        }
        said.remove(what);
        said.put(what, event.at());
        return true;
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
}

package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.pod.JobNote;
import io.mlengine.backend.k8s.pod.JobOwner;
import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.model.AttemptId;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the owners of jobs what is worth knowing about an attempt. What cannot be told is left out. Thread-safe. */
final class JobNotes {
    private static final Logger LOG = LoggerFactory.getLogger(JobNotes.class);

    private final ClusterApi api;
    private final InstantSource clock;
    private final Executor workers;

    JobNotes(ClusterApi api, InstantSource clock, Executor workers) {
        this.api = api;
        this.clock = clock;
        this.workers = workers;
    }

    /** Tells once, however often it is called with the same; returns at once. */
    void tell(JobOwner owner, AttemptId attempt, String reason, String text) {
        try {
            workers.execute(() -> write(JobNote.event(owner, attempt, reason, text, clock.instant())));
        } catch (RejectedExecutionException closing) {
            LOG.debug("not told any more: reason={}", reason);
        }
    }

    private void write(Event note) {
        try {
            api.tell(note);
        } catch (KubernetesClientException e) {
            if (ApiAnswer.of(e) != ApiAnswer.EXISTS) {
                LOG.debug("a note could not be written: reason={} error={}", note.getReason(), e.getMessage());
            }
        } catch (MLEngineException notInCharge) {
            LOG.debug("whoever is in charge next tells reason={}", note.getReason());
        }
    }
}

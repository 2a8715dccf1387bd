package io.mlengine.backend.k8s.store;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.resource.MLTrainCondition;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.core.time.EngineClock;
import io.mlengine.spi.model.JobId;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs whose records were broken, or written by a newer version. They are left alone, with their pods and their records;
 * log, Event and a condition say so. All others go on.
 */
final class UnreadableJobs {
    /** Type of the condition that is {@code False} for such a job. */
    static final String CONDITION = "RecordReadable";

    private static final Logger LOG = LoggerFactory.getLogger(UnreadableJobs.class);
    private static final String REASON = "UnreadableRecord";
    private static final String ADVICE =
            ". The job and its pods are left alone. Maybe put status.record back, or run the"
                    + " version of the engine that wrote it, and start the engine anew; deleting the object gives the job up.";

    private final TrainWriter writer;
    private final KubernetesEvents events;
    private final Leadership leadership;
    private final Executor writers;
    private final EngineClock clock;
    private final Map<JobId, String> told = new ConcurrentHashMap<>();

    UnreadableJobs(
            TrainWriter writer, KubernetesEvents events, Leadership leadership, Executor writers, EngineClock clock) {
        this.writer = writer;
        this.events = events;
        this.leadership = leadership;
        this.writers = writers;
        this.clock = clock;
    }

    /**
     * An object that is set aside is there or has changed.
     *
     * @return whether it stays set aside: without a record it is a new job, and one that is deleted may go
     */
    boolean keeps(TrainEntry entry, MLTrainResource resource) {
        boolean hasRecord = resource.getStatus() != null && resource.getStatus().record() != null;
        if (!hasRecord || entry.isDeleting()) {
            entry.aside(false);
            told.remove(entry.job());
            return false;
        }
        String fault = StoredRecords.fault(resource).orElse("");
        if (!fault.equals(told.put(entry.job(), fault))) {
            tell(entry, resource, fault);
        }
        return true;
    }

    private void tell(TrainEntry entry, MLTrainResource resource, String fault) {
        if (fault.isEmpty()) {
            LOG.info("a record can be read again, the next engine takes it up: job={}", entry.job());
            return;
        }
        LOG.error(
                "a record cannot be read, its job is set aside: job={} namespace={} name={} fault={}",
                entry.job(),
                entry.namespace(),
                entry.name(),
                fault);
        String text = "The record of this job cannot be read: " + fault + ADVICE;
        events.warn(resource.getMetadata(), REASON, text, clock.instant());
        writers.execute(() -> write(entry, resource, text));
    }

    private void write(TrainEntry entry, MLTrainResource resource, String text) {
        MLTrainCondition condition = MLTrainCondition.builder()
                .type(CONDITION)
                .status("False")
                .observedGeneration(entry.generation())
                .lastTransitionTime(
                        clock.instant().truncatedTo(ChronoUnit.SECONDS).toString())
                .reason(REASON)
                .message(text)
                .build();
        if (!leadership.isHeld() || isShown(resource, text)) {
            return;
        }
        try {
            entry.exclusively(() -> writer.condition(entry, resource, CONDITION, condition));
        } catch (KubernetesClientException e) {
            LOG.warn("a condition could not be written: job={} error={}", entry.job(), e.getMessage());
        }
    }

    private static boolean isShown(MLTrainResource resource, String text) {
        return resource.getStatus().conditions().stream()
                .anyMatch(known -> CONDITION.equals(known.type()) && text.equals(known.message()));
    }
}

package io.mlengine.backend.k8s.store;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.delegate.DelegateController;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.store.JobStore;
import io.mlengine.core.store.JobStore.Submission;
import io.mlengine.spi.model.Violation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what is seen of objects into submissions and wishes, or hands it to those whose it is.
 *
 * @param outside hears of submissions and wishes
 * @param writer lets objects go that no engine ever accepted
 * @param leadership says whether this process may write
 * @param writers runs writes
 * @param delegates keeps jobs that another controller runs
 * @param rejections shows what is wrong with an object
 * @param unreadable keeps those whose records cannot be read
 * @param events knows what was said of jobs
 * @param departed hears of accepted jobs whose objects are said to be gone
 */
record TrainIntake(
        JobStore.Outside outside,
        TrainWriter writer,
        Leadership leadership,
        Executor writers,
        DelegateController delegates,
        RejectionNotes rejections,
        UnreadableJobs unreadable,
        KubernetesEvents events,
        Consumer<TrainEntry> departed)
        implements TrainWatch.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(TrainIntake.class);
    private static final String UNKNOWN_USER = "unknown";

    @Override
    public Optional<JobRecord> found(MLTrainResource resource) {
        Optional<JobRecord> record = StoredRecords.of(resource);
        record.ifPresent(read -> StoredRecords.waiting(resource).ifPresent(text -> events.waited(read.id(), text)));
        return record;
    }

    @Override
    public void changed(TrainEntry entry, MLTrainResource resource) {
        if (DelegateController.isDelegated(resource)) {
            delegates.seen(resource);
            return;
        }
        if (entry.isSetAside() && unreadable.keeps(entry, resource)) {
            return;
        }
        if (!entry.isNewSpec() && entry.isAccepted()) {
            // Our own statuses come back this way, and reading a spec is dear.
            return;
        }
        SpecWishes now = SpecWishes.of(resource);
        SpecWishes before = entry.wishes(now);
        if (entry.isAccepted()) {
            now.since(before, entry.job()).forEach(outside::wish);
        } else if (entry.isDeleting()) {
            writers.execute(() -> release(entry));
        } else if (entry.judge()) {
            submit(entry, resource);
        }
    }

    /** A job that no engine ever accepted has nothing to clean up. */
    private void release(TrainEntry entry) {
        try {
            if (leadership.isHeld() && !entry.isAccepted()) {
                writer.letGo(entry);
            }
        } catch (KubernetesClientException e) {
            LOG.warn("an object could not be let go: job={} error={}", entry.job(), e.getMessage());
        }
    }

    private void submit(TrainEntry entry, MLTrainResource resource) {
        var read = MLTrainDocuments.read(resource);
        if (read.isValid()) {
            outside.submitted(new Submission(entry.job(), read.train().orElseThrow(), user(resource)));
        } else {
            List<Violation> violations =
                    read.violations().stream().map(placed -> placed.violation()).toList();
            rejections.show(entry, violations);
        }
    }

    private static String user(MLTrainResource resource) {
        var annotations = resource.getMetadata().getAnnotations();
        return annotations == null ? UNKNOWN_USER : annotations.getOrDefault(Labels.USER, UNKNOWN_USER);
    }

    @Override
    public void gone(TrainEntry entry) {
        departed.accept(entry);
    }
}

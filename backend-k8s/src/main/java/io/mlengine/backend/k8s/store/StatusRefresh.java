package io.mlengine.backend.k8s.store;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.backend.k8s.resource.MLTrainStatuses;
import io.mlengine.core.api.JobView;
import io.mlengine.core.document.RecordDocument;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.scheduling.Wait;
import io.mlengine.core.time.EngineClock;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.model.JobId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what is no part of a record, why a job waits and how far it is, into its status: with each write of the record,
 * and once more when it has changed since, a moment later. A write that fails is forgotten: the next one says it anew.
 * Jobs that wait may be many and change together, so theirs are written a few at a time.
 */
final class StatusRefresh implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StatusRefresh.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int ABREAST = 2;
    /** etcd takes objects of 1.5 MiB, and the spec is in the object too. */
    private static final long MOST_RECORD = 1 << 20;

    private final TrainWatch trains;
    private final TrainWriter writer;
    private final Leadership leadership;
    private final Lane ofWaiting;
    private final Lane ofOthers;
    private final EngineClock clock;
    private final Map<JobId, JobView> shown = new ConcurrentHashMap<>();
    private final Map<JobId, JobView> waiting = new ConcurrentHashMap<>();

    StatusRefresh(TrainWatch trains, TrainWriter writer, Leadership leadership, Executor writers, EngineClock clock) {
        this.trains = trains;
        this.writer = writer;
        this.leadership = leadership;
        this.ofWaiting = new Lane(writers, ABREAST, Integer.MAX_VALUE);
        this.ofOthers = new Lane(writers, Integer.MAX_VALUE, Integer.MAX_VALUE);
        this.clock = clock;
    }

    /** The status of a record, with what is known beside it. */
    MLTrainStatus status(TrainEntry entry, JobRecord record) {
        if (record.phase().isTerminal()) {
            shown.remove(record.id());
        }
        JobView view = shown.get(record.id());
        Optional<Progress> progress = view != null && view.record().attemptNumber() == record.attemptNumber()
                ? view.progress()
                : Optional.empty();
        Optional<Wait> wait = view == null ? Optional.empty() : view.waiting();
        return withRecord(forPeople(entry, record, progress, wait), record);
    }

    private MLTrainStatus forPeople(
            TrainEntry entry, JobRecord record, Optional<Progress> progress, Optional<Wait> wait) {
        return MLTrainStatus.builder()
                .from(MLTrainStatuses.of(record, progress, wait, entry.generation(), clock.instant()))
                .recordVersion(record.version())
                .build();
    }

    private static MLTrainStatus withRecord(MLTrainStatus status, JobRecord record) {
        return MLTrainStatus.builder()
                .from(status)
                .record(RecordDocument.writeWithin(record, MOST_RECORD))
                .build();
    }

    /** Shows a view soon; of several only the newest. */
    void show(JobView view) {
        shown.put(view.id(), view);
        boolean waits = view.waiting().isPresent();
        JobView before = waiting.put(view.id(), view);
        // Who waits no more does not stand in line with those who do.
        if (before == null || before.waiting().isPresent() && !waits) {
            Lane lane = waits ? ofWaiting : ofOthers;
            clock.schedule(PAUSE, () -> lane.offer(() -> write(view.id())));
        }
    }

    private void write(JobId job) {
        JobView view = waiting.remove(job);
        TrainEntry entry = trains.entry(job).orElse(null);
        if (view == null || entry == null || !leadership.isHeld()) {
            return;
        }
        try {
            entry.exclusively(() -> write(entry, view));
        } catch (KubernetesClientException e) {
            LOG.debug("a status could not be refreshed: job={} error={}", job, e.getMessage());
        }
    }

    private boolean write(TrainEntry entry, JobView view) {
        JobRecord record = view.record();
        if (entry.shown() == null || entry.recordVersion() != record.version()) {
            // The record has moved on: its own write shows the rest.
            return false;
        }
        MLTrainStatus now = forPeople(entry, record, view.progress(), view.waiting());
        if (now.equals(entry.shown())) {
            return false;
        }
        writer.write(entry, withRecord(now, record), record.version());
        return true;
    }

    /** The job is gone. */
    void forget(JobId job) {
        shown.remove(job);
        waiting.remove(job);
    }

    /** Writes nothing more; what is under way goes on. */
    @Override
    public void close() {
        ofWaiting.close();
        ofOthers.close();
    }
}

package io.mlengine.core.queue;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How many jobs of each queue wait, and what the others hold, kept up to date job by job: what a change costs does not
 * depend on how many jobs there are. Mutable, for one thread.
 */
public final class QueueBook {
    private final SortedMap<JobId, Entry> entries = new TreeMap<>();
    private final SortedMap<String, QueueFigures> figures = new TreeMap<>();

    private record Entry(String queue, QueueFigures figures) {}

    /**
     * Takes over the newest record of a job.
     *
     * @param record the record
     * @return true when figures have changed
     */
    public boolean put(JobRecord record) {
        QueueFigures share = share(record);
        if (share.equals(QueueFigures.NONE)) {
            return remove(record.id());
        }
        Entry now = new Entry(record.train().queue(), share);
        Entry before = entries.put(record.id(), now);
        if (now.equals(before)) {
            return false;
        }
        takeBack(before);
        figures.merge(now.queue(), share, QueueFigures::plus);
        return true;
    }

    /**
     * Forgets a job.
     *
     * @param job the job, known or not
     * @return true when figures have changed
     */
    public boolean remove(JobId job) {
        Entry before = entries.remove(job);
        takeBack(before);
        return before != null;
    }

    private void takeBack(@Nullable Entry before) {
        if (before != null) {
            figures.computeIfPresent(before.queue(), (queue, sum) -> {
                QueueFigures rest = sum.minus(before.figures());
                return rest.equals(QueueFigures.NONE) ? null : rest;
            });
        }
    }

    /**
     * The figures of each queue's own jobs.
     *
     * @return queue to figures; a queue without jobs is absent
     */
    public SortedMap<String, QueueFigures> own() {
        return Collections.unmodifiableSortedMap(figures);
    }

    /**
     * The figures of each queue's jobs and of those of the queues below it, as its limits count them.
     *
     * @param tree the queues
     * @return queue to figures; a queue without jobs, or that is not in the tree, is absent
     */
    public SortedMap<String, QueueFigures> within(QueueTree tree) {
        SortedMap<String, QueueFigures> within = new TreeMap<>();
        figures.forEach((queue, own) ->
                tree.path(queue).forEach(config -> within.merge(config.name(), own, QueueFigures::plus)));
        return within;
    }

    private static QueueFigures share(JobRecord record) {
        Phase phase = record.phase();
        if (!phase.holdsResources()) {
            return phase == Phase.QUEUED ? new QueueFigures(1, QueueLoad.NONE) : QueueFigures.NONE;
        }
        QueueLoad held = QueueLoad.ONE_JOB;
        boolean isEnded =
                record.attempt().map(attempt -> attempt.endedAt().isPresent()).orElse(true);
        if (!isEnded) {
            for (Placement.Slot slot :
                    record.attempt().orElseThrow().placement().replicas()) {
                held = held.plus(resources(record, slot), 1);
            }
        }
        return new QueueFigures(0, held);
    }

    private static Resources resources(JobRecord record, Placement.Slot slot) {
        return record.train().roles().stream()
                .filter(role -> role.name().equals(slot.key().role()))
                .findFirst()
                .map(Role::resources)
                .orElse(Resources.NONE);
    }
}

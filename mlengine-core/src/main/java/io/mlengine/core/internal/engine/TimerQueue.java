package io.mlengine.core.internal.engine;

import io.mlengine.core.job.JobRecord;
import io.mlengine.spi.model.JobId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * Which job must be woken when: the earliest timer of each. Outdated entries stay in the heap until they come up, so a
 * change costs O(log n). Owned by the loop.
 */
final class TimerQueue {
    private record Due(Instant at, JobId job) {}

    private final PriorityQueue<Due> heap =
            new PriorityQueue<>(Comparator.comparing(Due::at).thenComparing(Due::job));
    private final Map<JobId, Instant> earliest = new TreeMap<>();

    /** Takes over the timers of a job's newest record. */
    void update(JobRecord record) {
        Instant next = record.wakeAt().orElse(null);
        if (next == null) {
            earliest.remove(record.id());
        } else if (!next.equals(earliest.put(record.id(), next))) {
            heap.add(new Due(next, record.id()));
        }
    }

    void remove(JobId job) {
        earliest.remove(job);
    }

    /** Takes the jobs that are due. */
    List<JobId> due(Instant now) {
        List<JobId> jobs = new ArrayList<>();
        for (Due head = heap.peek(); head != null && !head.at().isAfter(now); head = heap.peek()) {
            heap.remove();
            if (head.at().equals(earliest.get(head.job()))) {
                earliest.remove(head.job());
                jobs.add(head.job());
            }
        }
        return jobs;
    }

    /** When the next job is due. */
    Optional<Instant> next() {
        for (Due head = heap.peek(); head != null; head = heap.peek()) {
            if (head.at().equals(earliest.get(head.job()))) {
                return Optional.of(head.at());
            }
            heap.remove();
        }
        return Optional.empty();
    }
}

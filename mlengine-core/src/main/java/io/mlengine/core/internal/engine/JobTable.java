package io.mlengine.core.internal.engine;

import io.mlengine.core.job.JobRecord;
import io.mlengine.spi.model.JobId;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The jobs of an engine with the indexes that submit needs. Owned by the loop. */
final class JobTable {
    /** Annotation under which a job keeps the idempotency key of its submit. */
    static final String KEY_ANNOTATION = "mlengine.io/idempotency-key";

    private record QualifiedName(String namespace, String name) {
        static QualifiedName of(JobRecord record) {
            return new QualifiedName(record.train().namespace(), record.train().name());
        }
    }

    private final Map<JobId, JobEntry> entries = new TreeMap<>();
    private final Map<QualifiedName, JobId> names = new java.util.HashMap<>();
    private final Map<String, JobId> keys = new java.util.HashMap<>();
    private final TreeMap<Long, Instant> madeAt = new TreeMap<>();
    private long lastSequence;

    void add(JobEntry entry) {
        JobRecord record = entry.record;
        entries.put(record.id(), entry);
        names.put(QualifiedName.of(record), record.id());
        String key = record.train().annotations().get(KEY_ANNOTATION);
        if (key != null) {
            keys.put(key, record.id());
        }
        madeAt.put(record.sequence(), record.createdAt());
        lastSequence = Math.max(lastSequence, record.sequence());
    }

    void remove(JobId job) {
        JobEntry entry = entries.remove(job);
        if (entry != null) {
            names.remove(QualifiedName.of(entry.record), job);
            madeAt.remove(entry.record.sequence());
            String key = entry.record.train().annotations().get(KEY_ANNOTATION);
            if (key != null) {
                keys.remove(key, job);
            }
        }
    }

    @Nullable
    JobEntry entry(JobId job) {
        return entries.get(job);
    }

    Collection<JobEntry> all() {
        return entries.values();
    }

    /** The job of this name that has not ended; a finished job leaves its name to the next one. */
    Optional<JobEntry> live(String namespace, String name) {
        return Optional.ofNullable(names.get(new QualifiedName(namespace, name)))
                .map(entries::get)
                .filter(entry -> !entry.record.phase().isTerminal());
    }

    Optional<JobEntry> byKey(String key) {
        return Optional.ofNullable(keys.get(key)).map(entries::get);
    }

    long nextSequence() {
        return ++lastSequence;
    }

    /** The sequence of the last job that was there at a time, 0 for none. */
    long sequenceAt(Instant time) {
        return madeAt.descendingMap().entrySet().stream()
                .filter(made -> !made.getValue().isAfter(time))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(0L);
    }
}

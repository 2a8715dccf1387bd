package io.mlengine.backend.k8s.store;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.core.document.RecordDocument;
import io.mlengine.core.job.JobRecord;
import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Role;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the store keeps of one object: enough to write its status, no spec and no record. Safe for any thread. */
final class TrainEntry {
    /** Version of a record that cannot be read: nobody expects it, so nobody writes over it. */
    private static final long UNREADABLE = -1;

    private final JobId job;
    private final String namespace;
    private final String name;
    private final ReentrantLock writing = new ReentrantLock();
    private long knownRevision;
    private boolean hasStatus;
    private long recordVersion;
    private long generation;
    private long judgedGeneration = -1;
    private long wishedGeneration = -1;
    private List<String> finalizers = List.of();
    private boolean deleting;
    private boolean accepted;
    private boolean forgotten;
    private boolean aside;
    private SpecWishes wishes;
    private @Nullable MLTrainStatus shown;

    TrainEntry(MLTrainResource resource, SpecWishes followed) {
        ObjectMeta metadata = resource.getMetadata();
        this.job = JobIds.of(metadata.getUid());
        this.namespace = metadata.getNamespace();
        this.name = metadata.getName();
        this.wishes = followed;
        seen(resource);
    }

    JobId job() {
        return job;
    }

    String namespace() {
        return namespace;
    }

    String name() {
        return name;
    }

    /** Lets one write of this object happen at a time: the next one replaces what this one wrote. */
    <T> T exclusively(Supplier<T> write) {
        writing.lock();
        try {
            return write.get();
        } finally {
            writing.unlock();
        }
    }

    /** Takes over an object as the API server gave it, unless a newer one is known. */
    synchronized void seen(MLTrainResource resource) {
        ObjectMeta metadata = resource.getMetadata();
        long revision = Long.parseLong(metadata.getResourceVersion());
        if (revision < knownRevision) {
            return;
        }
        knownRevision = revision;
        hasStatus = resource.getStatus() != null;
        recordVersion = version(resource.getStatus());
        generation = metadata.getGeneration() == null ? 0 : metadata.getGeneration();
        finalizers = metadata.getFinalizers() == null ? List.of() : List.copyOf(metadata.getFinalizers());
        deleting = resource.isMarkedForDeletion();
    }

    /** Takes over the answer to a write of the status, which says nothing about the spec. */
    synchronized void wrote(String resourceVersion, MLTrainStatus status) {
        knownRevision = Math.max(knownRevision, Long.parseLong(resourceVersion));
        hasStatus = true;
        recordVersion = version(status);
        shows(status);
    }

    /** Takes note of what the status of an accepted job says for people. */
    synchronized void shows(MLTrainStatus status) {
        shown = MLTrainStatus.builder().from(status).record(null).build();
    }

    /** The record knows its version too, which costs more to read: older definitions have no field of its own for it. */
    private static long version(@Nullable MLTrainStatus status) {
        if (status == null || status.record() == null) {
            return 0;
        }
        Long version = status.recordVersion();
        if (version != null) {
            return version;
        }
        try {
            return RecordDocument.read(status.record()).version();
        } catch (MLEngineException e) {
            return UNREADABLE;
        }
    }

    /** Whether the newest object that is known has a status, ours or not. */
    synchronized boolean hasStatus() {
        return hasStatus;
    }

    /** Version of the record in the newest object that is known, 0 for none. */
    synchronized long recordVersion() {
        return recordVersion;
    }

    synchronized long generation() {
        return generation;
    }

    synchronized boolean isDeleting() {
        return deleting;
    }

    synchronized boolean hasFinalizer() {
        return finalizers.contains(Labels.FINALIZER);
    }

    synchronized List<String> finalizers() {
        return finalizers;
    }

    /** Whether an engine has accepted the job: its status holds a record, or is about to. */
    synchronized boolean isAccepted() {
        return accepted;
    }

    synchronized void accepted() {
        accepted = true;
    }

    /** Whether its record cannot be read, so that no engine knows the job. */
    synchronized boolean isSetAside() {
        return aside;
    }

    synchronized void aside(boolean isSetAside) {
        aside = isSetAside;
    }

    /** Whether the engine wants to hear nothing more of it, since it has ended it. */
    synchronized boolean isForgotten() {
        return forgotten;
    }

    synchronized void forgotten() {
        forgotten = true;
    }

    /** Whether this generation of a job that is not accepted has not been judged yet; it is from now on. */
    synchronized boolean judge() {
        boolean isNew = !accepted && !deleting && judgedGeneration != generation;
        judgedGeneration = generation;
        return isNew;
    }

    /** Nobody knows the verdict on this generation: it is judged again at the next look. */
    synchronized void notJudged(long ofGeneration) {
        if (judgedGeneration == ofGeneration) {
            judgedGeneration = -1;
        }
    }

    /** Whether this generation of the spec is looked at for the first time; it has been from now on. */
    synchronized boolean isNewSpec() {
        boolean isNew = wishedGeneration != generation;
        wishedGeneration = generation;
        return isNew;
    }

    /** Replaces the wishes and returns those before. */
    synchronized SpecWishes wishes(SpecWishes now) {
        SpecWishes before = wishes;
        wishes = now;
        return before;
    }

    /** The wishes of the newest spec that was looked at. */
    synchronized SpecWishes wishes() {
        return wishes;
    }

    /** The newest status that is known to be stored, without its record, or null. */
    synchronized @Nullable MLTrainStatus shown() {
        return shown;
    }

    /** The wishes that a record has followed; sizes that nobody changed are those of its spec. */
    static SpecWishes followed(JobRecord record) {
        SortedMap<String, Integer> sizes = new TreeMap<>();
        record.train().roles().stream()
                .filter(Role::isElastic)
                .forEach(role -> sizes.put(role.name(), record.size(role.name())));
        return new SpecWishes(record.desired(), sizes);
    }
}

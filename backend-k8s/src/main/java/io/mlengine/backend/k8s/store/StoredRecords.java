package io.mlengine.backend.k8s.store;

import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.backend.k8s.resource.MLTrainWaiting;
import io.mlengine.core.document.RecordDocument;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.lifecycle.JobStateMachine;
import io.mlengine.spi.model.JobId;
import java.util.Optional;

/** Reads the records in statuses, and tells which of them no engine of this version could go on with. Pure. */
final class StoredRecords {
    private static final int MOST_TEXT = 500;

    private StoredRecords() {}

    /**
     * The record of an object; empty when it has none.
     *
     * @throws RuntimeException when it cannot be read, or makes no sense
     */
    static Optional<JobRecord> of(MLTrainResource resource) {
        Optional<JobRecord> record = Optional.ofNullable(resource.getStatus())
                .map(MLTrainStatus::record)
                .map(RecordDocument::read);
        record.ifPresent(read -> {
            JobId job = JobIds.of(resource.getMetadata().getUid());
            if (!read.id().equals(job)) {
                throw new IllegalArgumentException("it is the record of " + read.id() + ", and this is " + job);
            }
            // Throws for a record that lacks what its phase needs.
            JobStateMachine.owed(read);
        });
        return record;
    }

    /** Why a job waits, as its status says. */
    static Optional<String> waiting(MLTrainResource resource) {
        return Optional.ofNullable(resource.getStatus())
                .map(MLTrainStatus::waiting)
                .map(MLTrainWaiting::message);
    }

    /** Why the record of an object cannot be read, for people; empty when it can, or when there is none. */
    static Optional<String> fault(MLTrainResource resource) {
        try {
            of(resource);
            return Optional.empty();
        } catch (RuntimeException e) {
            String text = String.valueOf(e.getMessage());
            return Optional.of(text.length() > MOST_TEXT ? text.substring(0, MOST_TEXT) + "…" : text);
        }
    }
}

package io.mlengine.backend.k8s.cluster;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** One lease at the API server. Answers come on any thread, late or never. */
interface LeaseApi extends AutoCloseable {
    /** The newest state, never one from a cache. */
    CompletionStage<Optional<LeaseRecord>> read();

    /**
     * Creates the lease when the record has no version, else replaces the stored one of exactly that version. Fails with
     * {@link LeaseConflictException} when somebody else was faster.
     */
    CompletionStage<LeaseRecord> write(LeaseRecord record);

    /** Gives threads and connections back. */
    @Override
    void close();
}

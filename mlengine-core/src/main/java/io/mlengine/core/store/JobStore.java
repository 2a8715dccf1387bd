package io.mlengine.core.store;

import io.mlengine.core.job.JobRecord;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.model.JobId;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps job records. The engine acknowledges nothing and orders nothing before the commit of the record that says so.
 *
 * <p>Threading: called from the engine loop, must not block it; stages may complete on any thread. Commits of one
 * record are issued one after the other; several steps of a record may be written as one.
 */
public interface JobStore extends AutoCloseable {
    /**
     * Takes possession and reads everything.
     *
     * @param fence who owns the records from now on
     * @param wishes takes what users wish through the store itself (another process, a cluster's API)
     * @return all records
     */
    CompletionStage<List<JobRecord>> open(Fence fence, Consumer<Wish> wishes);

    /**
     * Writes a batch; each change stands for itself.
     *
     * @param batch the changes, at most one for each job
     * @param fence who writes
     * @return one result a change, in order; fails as a whole only when nothing is known of any
     */
    CompletionStage<List<Committed>> commit(List<Change> batch, Fence fence);

    /** Gives possession up; what was committed stays. */
    @Override
    void close();

    /**
     * One change.
     *
     * @param job the job
     * @param expected version that is stored now, 0 for none
     * @param record its new record, of the same or a higher version; null to drop it
     */
    record Change(JobId job, long expected, @Nullable JobRecord record) {}

    /** What became of a change. */
    enum Committed {
        /** It is stored. */
        OK,
        /** The stored version is not the expected one. */
        CONFLICT,
        /** Another engine owns the records now. */
        FENCED
    }

    /**
     * What a user wishes of a job through the store.
     *
     * @param job the job
     * @param kind what
     * @param argument for {@link Kind#RESIZE} {@code role=number,…}, for {@link Kind#CANCEL} the reason
     */
    record Wish(JobId job, Kind kind, String argument) {
        /** The wishes. */
        public enum Kind {
            /** End it. */
            CANCEL,
            /** Hold it back. */
            SUSPEND,
            /** Let it go on. */
            RESUME,
            /** Change its size. */
            RESIZE,
            /** End and forget it. */
            DELETE
        }
    }
}

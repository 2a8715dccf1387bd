package io.mlengine.core.store;

import io.mlengine.core.api.EngineListener;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
     * @param proposed who owns the records from now on; a store that several engines share may answer with a fence of
     *     its own making, whose token rises with each change of owner
     * @param outside takes what comes through the store itself (another process, a cluster's API); called from any
     *     thread, may be called before the stage completes
     * @return all records, and the fence that all later writes and orders carry
     */
    CompletionStage<Opened> open(Fence proposed, Outside outside);

    /**
     * Writes a batch; each change stands for itself.
     *
     * @param batch the changes, at most one for each job
     * @param fence who writes
     * @return one result a change, in order; fails as a whole only when nothing is known of any
     */
    CompletionStage<List<Committed>> commit(List<Change> batch, Fence fence);

    /**
     * How long news that leads to nothing by itself, such as one more replica that is ready, may be gathered before it is
     * written and shown. Whatever is answered, ordered or another phase is written at once.
     *
     * @return zero by default, for a store where writing is cheap
     */
    default Duration pace() {
        return Duration.ZERO;
    }

    /**
     * Tells whether jobs get their ids here, by {@link #create}, and not from the engine.
     *
     * @return false by default
     */
    default boolean namesJobs() {
        return false;
    }

    /**
     * Makes a job known before the engine accepts it; only where {@link #namesJobs}. It may come back through {@link
     * Outside#submitted} as well.
     *
     * @param train the job as its user wrote it, valid
     * @param user who submits
     * @return its id; empty when a job of this name is there already
     */
    default CompletionStage<Optional<JobId>> create(MLTrain train, String user) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("this store names no jobs"));
    }

    /**
     * Notes that a job that came through the store itself is not accepted, where its author can see it. The job is
     * submitted again when it changes. A note that cannot be made now is the store's to make later: only it knows when
     * the job has changed meanwhile.
     *
     * @param job the job
     * @param violations everything that is wrong with it
     * @param fence who judges
     * @return completes when the store will see to it
     */
    default CompletionStage<Void> reject(JobId job, List<Violation> violations, Fence fence) {
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Tells whether a controller beside the engine runs jobs that say so, see {@link MLTrain#delegate}.
     *
     * @return false by default: such jobs are refused
     */
    default boolean delegates() {
        return false;
    }

    /**
     * Takes a job that came through the store, has passed admission and is another controller's to run. The engine keeps
     * no record of it. Called again for the same job after a restart.
     *
     * @param job the job
     * @param fence who hands it over
     * @return completes when the other controller knows of it; fails when this process may not hand it over
     */
    default CompletionStage<Void> delegate(JobId job, Fence fence) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("this store has no other controller"));
    }

    /**
     * What the store wants to hear of jobs besides their records, for example to show progress where users look.
     *
     * @return a listener that the engine registers for all jobs; empty by default
     */
    default Optional<EngineListener> listener() {
        return Optional.empty();
    }

    /** Gives possession up; what was committed stays. */
    @Override
    void close();

    /**
     * What an engine finds.
     *
     * @param records all records
     * @param fence who it is
     */
    record Opened(List<JobRecord> records, Fence fence) {
        /** Copies the list. */
        public Opened {
            records = List.copyOf(records);
        }
    }

    /** What comes through the store itself. */
    interface Outside {
        /**
         * A user wishes something of a job.
         *
         * @param wish the wish
         */
        void wish(Wish wish);

        /**
         * There is a job that no engine has accepted yet. Said again it changes nothing.
         *
         * @param submission the job
         */
        void submitted(Submission submission);

        /**
         * The queues are these from now on.
         *
         * @param queues all queues
         */
        void queues(List<QueueConfig> queues);

        /**
         * The records are not this engine's any more: it must neither write nor order anything.
         *
         * @param reason why, for people
         */
        void lost(String reason);
    }

    /**
     * A job that came through the store itself.
     *
     * @param id its id
     * @param train the job as its user wrote it
     * @param user who submitted it
     */
    record Submission(JobId id, MLTrain train, String user) {}

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

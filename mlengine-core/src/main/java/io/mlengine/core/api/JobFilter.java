package io.mlengine.core.api;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ModelStyle;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.immutables.value.Value;

/** Chooses jobs; every part that is set must match. */
@ModelStyle
@Value.Immutable
public interface JobFilter {
    /** All jobs. */
    JobFilter ALL = builder().build();

    /**
     * One job.
     *
     * @return its id, or empty for any
     */
    Optional<JobId> id();

    /**
     * Jobs of one name.
     *
     * @return the name, or empty for any
     */
    Optional<String> name();

    /**
     * Jobs of one namespace.
     *
     * @return the namespace, or empty for any
     */
    Optional<String> namespace();

    /**
     * Jobs of one queue.
     *
     * @return the queue, or empty for any
     */
    Optional<String> queue();

    /**
     * Jobs of one user.
     *
     * @return the user, or empty for any
     */
    Optional<String> user();

    /**
     * Jobs in one of these phases.
     *
     * @return the phases, empty for any
     */
    Set<Phase> phases();

    /**
     * Jobs that have all these labels.
     *
     * @return key to value
     */
    @Value.NaturalOrder
    SortedMap<String, String> labels();

    /**
     * Tells whether a job is chosen.
     *
     * @param job the job
     * @return true when every part that is set matches
     */
    default boolean matches(JobRecord job) {
        return id().map(job.id()::equals).orElse(true)
                && name().map(job.train().name()::equals).orElse(true)
                && namespace().map(job.train().namespace()::equals).orElse(true)
                && queue().map(job.train().queue()::equals).orElse(true)
                && user().map(job.user()::equals).orElse(true)
                && (phases().isEmpty() || phases().contains(job.phase()))
                && job.train().labels().entrySet().containsAll(labels().entrySet());
    }

    /**
     * Chooses the jobs of a queue.
     *
     * @param queue the queue
     * @return the filter
     */
    static JobFilter queue(String queue) {
        return builder().queue(queue).build();
    }

    /**
     * Chooses one job.
     *
     * @param id its id
     * @return the filter
     */
    static JobFilter id(JobId id) {
        return builder().id(id).build();
    }

    /**
     * Starts a filter.
     *
     * @return an empty builder, which chooses all jobs
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link JobFilter}. */
    final class Builder extends ImmutableJobFilter.Builder {}
}

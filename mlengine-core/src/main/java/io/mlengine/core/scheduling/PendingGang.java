package io.mlengine.core.scheduling;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.JobTimer;
import io.mlengine.spi.model.ModelStyle;
import java.time.Instant;
import java.util.Optional;
import org.immutables.value.Value;

/** A job that waits to start and holds nothing. */
@ModelStyle
@Value.Immutable
public interface PendingGang extends Gang {
    /**
     * It must not start before, because it backs off after a failure.
     *
     * @return the time, or empty when it may start at once
     */
    Optional<Instant> notBefore();

    /**
     * The view of a queued job.
     *
     * @param job a job in phase QUEUED
     * @return the gang
     */
    static PendingGang of(JobRecord job) {
        return builder()
                .id(job.id())
                .sequence(job.sequence())
                .queue(job.train().queue())
                .user(job.user())
                .priority(job.train().priority())
                .preemptible(job.train().preemptible())
                .submittedAt(job.createdAt())
                .notBefore(Optional.ofNullable(job.timers().get(JobTimer.BACK_OFF)))
                .roles(GangRoles.wished(job))
                .gangMinimum(job.train().scheduling().gangMinimum())
                .topology(job.train().scheduling().topology())
                .runTime(job.train().scheduling().runTime())
                .labels(job.train().labels())
                .build();
    }

    /**
     * Starts a gang.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link PendingGang}. */
    final class Builder extends ImmutablePendingGang.Builder {}
}

package io.mlengine.core.scheduling;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.JobTimer;
import io.mlengine.spi.model.FailureClass;
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
     * What it waits for outside the engine until {@link #notBefore}, for example a quota.
     *
     * @return one sentence for people with the numbers, or empty for the usual back-off
     */
    Optional<String> refusal();

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
                .refusal(refusal(job))
                .roles(GangRoles.wished(job))
                .gangMinimum(job.train().scheduling().gangMinimum())
                .topology(job.train().scheduling().topology())
                .runTime(job.train().scheduling().runTime())
                .labels(job.train().labels())
                .build();
    }

    private static Optional<String> refusal(JobRecord job) {
        return job.attempt()
                .flatMap(Attempt::cause)
                .filter(cause -> cause.failureClass() == FailureClass.QUOTA)
                .map(FailureCause::message);
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

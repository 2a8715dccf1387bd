package io.mlengine.core.scheduling;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.PhaseChange;
import io.mlengine.core.lifecycle.Reason;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.ModelStyle;
import java.time.Instant;
import java.util.List;
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
     * What refused its last try outside the engine, for example a quota. Until a try goes through, or a user has held it
     * back and let it go on, it takes free room only: nobody is stopped for it.
     *
     * @return one sentence for people with the numbers, or empty
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
        if (isResumed(job)) {
            return Optional.empty();
        }
        return job.attempt()
                .flatMap(Attempt::cause)
                .filter(cause -> cause.failureClass() == FailureClass.QUOTA)
                .map(FailureCause::message);
    }

    private static boolean isResumed(JobRecord job) {
        List<PhaseChange> history = job.history();
        return !history.isEmpty() && history.get(history.size() - 1).reason().equals(Reason.RESUMED);
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

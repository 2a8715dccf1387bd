package io.mlengine.core.scheduling;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.model.ModelStyle;
import io.mlengine.spi.model.Placement;
import java.time.Instant;
import org.immutables.value.Value;

/**
 * A job that holds resources. Its roles carry the sizes wished now: where {@link GangRole#count()} is above the number
 * of its slots, the job waits to grow.
 */
@ModelStyle
@Value.Immutable
public interface RunningGang extends Gang {
    /**
     * Everything that it holds, replicas included that are leaving but not yet gone.
     *
     * @return the places
     */
    Placement placement();

    /**
     * When the attempt was granted.
     *
     * @return the time
     */
    Instant grantedAt();

    /**
     * Whether it is on its way out. Its room counts as coming free: the first waiting job that fits once it is gone gets
     * an earmark on it, so that nobody else takes the room.
     *
     * @return true from the decision to stop it until nothing of it is alive
     */
    default @Value.Default boolean draining() {
        return false;
    }

    /**
     * The view of a job that holds resources.
     *
     * @param job a job whose phase {@linkplain Phase#holdsResources() holds resources}
     * @return the gang
     */
    static RunningGang of(JobRecord job) {
        Attempt attempt = job.attempt()
                .orElseThrow(() -> new IllegalArgumentException(job.id() + " holds nothing in phase " + job.phase()));
        return builder()
                .id(job.id())
                .sequence(job.sequence())
                .queue(job.train().queue())
                .user(job.user())
                .priority(job.train().priority())
                .preemptible(job.train().preemptible())
                .submittedAt(job.createdAt())
                .roles(GangRoles.wished(job))
                .gangMinimum(job.train().scheduling().gangMinimum())
                .topology(job.train().scheduling().topology())
                .runTime(job.train().scheduling().runTime())
                .labels(job.train().labels())
                .placement(attempt.placement())
                .grantedAt(attempt.grantedAt())
                .draining(job.drainsTo().isPresent())
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

    /** Builds a {@link RunningGang}. */
    final class Builder extends ImmutableRunningGang.Builder {}
}

package io.mlengine.core.job;

import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.ModelStyle;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.immutables.value.Value;

/** One start of the gang. */
@ModelStyle
@Value.Immutable
public interface Attempt {
    /**
     * The attempt's id.
     *
     * @return the id
     */
    AttemptId id();

    /**
     * Membership epoch: +1 for each resize.
     *
     * @return the epoch, from 0
     */
    default @Value.Default int epoch() {
        return 0;
    }

    /**
     * Where its replicas are.
     *
     * @return the placement of the current epoch
     */
    Placement placement();

    /**
     * Placements of earlier epochs, oldest first; usage is charged by them.
     *
     * @return one entry for each resize
     */
    List<PastPlacement> pastPlacements();

    /**
     * Its addresses and ports, once claimed.
     *
     * @return the reservation, or empty
     */
    Optional<Reservation> reservation();

    /**
     * Start wave: roles whose predecessors are ready have been launched up to this wave.
     *
     * @return the wave, from 0
     */
    default @Value.Default int wave() {
        return 0;
    }

    /**
     * Replicas that were ordered to start.
     *
     * @return by role and index
     */
    @Value.NaturalOrder
    SortedMap<ReplicaKey, ReplicaRecord> replicas();

    /**
     * When it was granted.
     *
     * @return the time
     */
    Instant grantedAt();

    /**
     * When all replicas were ready for the first time.
     *
     * @return the time, or empty
     */
    Optional<Instant> runningAt();

    /**
     * When the last of its replicas ended, by its own report.
     *
     * @return the time, or empty while it may live
     */
    Optional<Instant> endedAt();

    /**
     * Why it ended, when it failed.
     *
     * @return the cause, or empty
     */
    Optional<FailureCause> cause();

    /**
     * Where the replicas of an earlier epoch were.
     *
     * @param placement the places
     * @param until when the next epoch's placement took over
     */
    record PastPlacement(Placement placement, Instant until) {}

    /**
     * Starts an attempt.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds an {@link Attempt}. */
    final class Builder extends ImmutableAttempt.Builder {}
}

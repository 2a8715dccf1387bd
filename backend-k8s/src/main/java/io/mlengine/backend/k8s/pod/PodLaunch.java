package io.mlengine.backend.k8s.pod;

import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.model.ModelStyle;
import io.mlengine.spi.model.Placement;
import java.util.Optional;
import org.immutables.value.Value;

/** Everything that the objects of one launch order depend on. */
@ModelStyle
@Value.Immutable
public interface PodLaunch {
    /**
     * Whom the objects belong to.
     *
     * @return the owner
     */
    JobOwner owner();

    /**
     * What to start.
     *
     * @return the order
     */
    LaunchOrder order();

    /**
     * Addresses and ports of the whole attempt.
     *
     * @return the reservation
     */
    Reservation reservation();

    /**
     * The nodes that the engine chose for the whole attempt.
     *
     * @return the placement
     */
    Placement placement();

    /**
     * Token of the fence of the engine that orders.
     *
     * @return the token
     */
    long fence();

    /**
     * What the attempt's replicas know each other by: made once for each attempt.
     *
     * @return the secret, or empty when the attempt's Secret exists already
     */
    @Value.Redacted
    Optional<String> attemptSecret();

    /**
     * The commit that the code's revision stands for, the same for all replicas of the attempt.
     *
     * @return the full commit, or empty while it is not known: then the annotation of each pod says what it fetches
     */
    Optional<String> codeCommit();

    /**
     * Starts a launch.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link PodLaunch}. */
    final class Builder extends ImmutablePodLaunch.Builder {}
}

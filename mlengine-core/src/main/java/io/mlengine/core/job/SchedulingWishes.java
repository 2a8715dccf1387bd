package io.mlengine.core.job;

import io.mlengine.spi.model.ModelStyle;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.immutables.value.Value;

/** What the job asks of the scheduler beside resources. */
@ModelStyle
@Value.Immutable
public interface SchedulingWishes {
    /** No wish. */
    SchedulingWishes NONE = builder().build();

    /**
     * Least number of replicas that must start together.
     *
     * @return the number, or empty for what each role needs at least
     */
    OptionalInt gangMinimum();

    /**
     * Wishes about nearness.
     *
     * @return the wish, or empty
     */
    Optional<Topology> topology();

    /**
     * How long it will run, when the user knows; lets others start before it without delaying it.
     *
     * @return the time, or empty
     */
    Optional<Duration> runTime();

    /**
     * Keep the replicas inside one domain.
     *
     * @param level node label that names the domain, or {@code node}
     * @param required whether it must wait until that is possible
     */
    record Topology(String level, boolean required) {}

    /**
     * Starts wishes.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds {@link SchedulingWishes}. */
    final class Builder extends ImmutableSchedulingWishes.Builder {}
}

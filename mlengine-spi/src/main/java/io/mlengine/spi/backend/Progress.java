package io.mlengine.spi.backend;

import java.util.OptionalLong;
import java.util.SortedMap;
import org.immutables.value.Value;

/** How far the program says it is. */
@io.mlengine.spi.model.ModelStyle
@Value.Immutable
public interface Progress {
    /**
     * Steps done.
     *
     * @return the steps
     */
    OptionalLong step();

    /**
     * Steps in all.
     *
     * @return the steps
     */
    OptionalLong total();

    /**
     * Epoch it is in.
     *
     * @return the epoch
     */
    OptionalLong epoch();

    /**
     * Figures such as {@code loss} and {@code accuracy}.
     *
     * @return name to value
     */
    @Value.NaturalOrder
    SortedMap<String, Double> metrics();

    /**
     * Starts a progress report.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link Progress}. */
    final class Builder extends ImmutableProgress.Builder {}
}

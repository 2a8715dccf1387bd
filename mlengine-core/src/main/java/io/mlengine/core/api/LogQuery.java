package io.mlengine.core.api;

import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.model.ModelStyle;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.immutables.value.Value;

/** Which lines of a job's output. */
@ModelStyle
@Value.Immutable
public interface LogQuery {
    /** Everything that is kept of the newest attempt, without waiting for more. */
    LogQuery ALL = builder().build();

    /** Everything of the newest attempt and all that comes until the job has ended. */
    LogQuery FOLLOW = builder().follow(true).build();

    /**
     * Whether to go on until the job has ended, over restarts; waits for a job that does not run yet.
     *
     * @return false by default
     */
    default @Value.Default boolean follow() {
        return false;
    }

    /**
     * One role only.
     *
     * @return the role, or empty for all
     */
    Optional<String> role();

    /**
     * One index only.
     *
     * @return the index, or empty for all
     */
    OptionalInt index();

    /**
     * One attempt only.
     *
     * @return its number, or empty for the newest and, when following, those after it
     */
    OptionalInt attempt();

    /**
     * One stream only.
     *
     * @return the stream, or empty for both
     */
    Optional<LogLine.Stream> stream();

    /**
     * Only this many of each replica's lines that exist now.
     *
     * @return the number, or empty for all that are kept
     */
    OptionalInt tail();

    /**
     * Only lines that arrived at or after this time.
     *
     * @return the time, or empty
     */
    Optional<Instant> since();

    /**
     * Starts a query.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link LogQuery}. */
    final class Builder extends ImmutableLogQuery.Builder {}
}

package io.mlengine.core.scheduling;

import io.mlengine.core.job.SchedulingWishes;
import io.mlengine.spi.model.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import org.immutables.value.Value;

/** What a policy knows of any job. */
public interface Gang {
    /**
     * The job.
     *
     * @return its id
     */
    JobId id();

    /**
     * Order of submission, distinct; the last comparator of every tie.
     *
     * @return the sequence, kept over retries
     */
    long sequence();

    /**
     * The queue.
     *
     * @return its name
     */
    default @Value.Default String queue() {
        return "default";
    }

    /**
     * Who submitted it.
     *
     * @return the user's name
     */
    default @Value.Default String user() {
        return "";
    }

    /**
     * Importance: higher starts earlier under policies that look at it.
     *
     * @return the priority
     */
    default @Value.Default int priority() {
        return 0;
    }

    /**
     * Whether it may be stopped in favour of a more important job.
     *
     * @return true by default
     */
    default @Value.Default boolean preemptible() {
        return true;
    }

    /**
     * When it was accepted.
     *
     * @return the time
     */
    Instant submittedAt();

    /**
     * Its roles with the sizes that are wished now.
     *
     * @return the roles, with distinct names
     */
    List<GangRole> roles();

    /**
     * Least number of replicas, all roles together, that must start together. Never lowers what a role itself needs: a
     * fixed role starts whole, an elastic one with at least {@link GangRole#least()}.
     *
     * @return the number, or empty when the roles' own least numbers are enough
     */
    OptionalInt gangMinimum();

    /**
     * Wish about nearness.
     *
     * @return the wish, or empty
     */
    Optional<SchedulingWishes.Topology> topology();

    /**
     * How long it will run, when the user knows.
     *
     * @return the time, or empty
     */
    Optional<Duration> runTime();

    /**
     * Labels of the job.
     *
     * @return key to value
     */
    @Value.NaturalOrder
    SortedMap<String, String> labels();
}

package io.mlengine.core.scheduling;

import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ModelStyle;
import io.mlengine.spi.model.Placement;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.immutables.value.Value;

/**
 * What a policy decided. Applied as a whole or not at all. Starts and resizes use room that is free now; room that
 * evictions free is used by a later plan, which the earmarks announce.
 */
@ModelStyle
@Value.Immutable
public interface Plan {
    /**
     * Version of the state it was made for.
     *
     * @return the version
     */
    long stateVersion();

    /**
     * Jobs to start, in the order of the decisions.
     *
     * @return the starts
     */
    List<Start> starts();

    /**
     * Jobs to stop in favour of others, in the order of the decisions.
     *
     * @return the evictions
     */
    List<Eviction> evictions();

    /**
     * Running jobs to enlarge, in the order of the decisions.
     *
     * @return the resizes
     */
    List<Resize> resizes();

    /**
     * Room that is kept for a waiting job until what drains is gone. Hand them to the next decision as {@link
     * ClusterState#earmarks()}.
     *
     * @return the earmarks, in the order of the decisions
     */
    List<Earmark> earmarks();

    /**
     * Start times that the policy vouches for.
     *
     * @return the promises; empty from policies that make none
     */
    List<Promise> promises();

    /**
     * Why each job waits that is not started.
     *
     * @return job to explanation
     */
    @Value.NaturalOrder
    SortedMap<JobId, Wait> waits();

    /**
     * Whether the budget ended the work early. Decide again after applying this plan; one that is empty and exhausted
     * would come again, because the search for places ran out of steps.
     *
     * @return true when something was left undone
     */
    default @Value.Default boolean exhausted() {
        return false;
    }

    /**
     * Tells whether applying it changes anything.
     *
     * @return true when nothing starts, stops or grows
     */
    default boolean isEmpty() {
        return starts().isEmpty() && evictions().isEmpty() && resizes().isEmpty();
    }

    /**
     * A waiting job gets its places.
     *
     * @param job the job
     * @param placement the places of all its replicas
     */
    record Start(JobId job, Placement placement) {}

    /**
     * A running job is stopped.
     *
     * @param victim the job that is stopped, as a whole
     * @param beneficiary the waiting job that gets the room
     * @param reason one sentence for people, naming the beneficiary
     */
    record Eviction(JobId victim, JobId beneficiary, String reason) {}

    /**
     * A running elastic job grows.
     *
     * @param job the job
     * @param placement its whole new membership; replicas that run keep their places
     */
    record Resize(JobId job, Placement placement) {}

    /**
     * Room kept for a waiting job.
     *
     * @param beneficiary the waiting job
     * @param room where its least membership would go
     */
    record Earmark(JobId beneficiary, Placement room) {}

    /**
     * A start time that is kept unless a node fails or a limit changes.
     *
     * @param job the waiting job
     * @param startBy the latest start
     */
    record Promise(JobId job, Instant startBy) {}

    /**
     * Starts a plan.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link Plan}. */
    final class Builder extends ImmutablePlan.Builder {}
}

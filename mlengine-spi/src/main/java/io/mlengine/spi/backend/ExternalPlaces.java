package io.mlengine.spi.backend;

import io.mlengine.spi.model.JobId;
import java.util.SortedMap;
import java.util.concurrent.CompletionStage;

/**
 * Gives places to the work of others. A backend that also implements this may report {@link ExternalGang}s. Threading and
 * fences as in {@link ComputeBackend}.
 */
public interface ExternalPlaces {
    /**
     * Puts members where the scheduler wants them. Until all are there it is tried again, for as long as the backend
     * finds sensible; a gang that cannot be completed must not go on holding its places.
     *
     * @param gang the gang
     * @param places member to node
     * @param fence who orders
     * @return completes when all are there; fails when not all can be had. Either way the gang has been reported as it is
     *     by then
     */
    CompletionStage<Void> place(JobId gang, SortedMap<String, String> places, Fence fence);

    /**
     * Takes a gang's places back for a more important one.
     *
     * @param gang the gang
     * @param reason why, for people
     * @param fence who orders
     * @return completes when accepted and the members have been reported as leaving; fails when not all can be had
     */
    CompletionStage<Void> evict(JobId gang, String reason, Fence fence);

    /**
     * Takes back the places of a {@linkplain ExternalGang#torn() torn} gang that cannot be completed. Members that nobody
     * makes again keep theirs.
     *
     * @param gang the gang
     * @param reason why, for people
     * @param fence who orders
     * @return completes when accepted and the members have been reported as leaving; fails when not all can be had
     */
    CompletionStage<Void> retreat(JobId gang, String reason, Fence fence);

    /**
     * Tells a gang's owners why it waits. Called when that changes; may be slow or fail without harm.
     *
     * @param gang the gang
     * @param reason why, for people
     * @param fence who says so
     */
    void waits(JobId gang, String reason, Fence fence);
}

package io.mlengine.core.scheduling;

import io.mlengine.core.queue.QueueLoad;
import io.mlengine.spi.model.JobId;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Room, and what a start may use of it.
 *
 * @param now the room that is free now
 * @param later the room once everybody for whom some is kept has started
 */
record Spare(Room now, Room later) {
    void occupy(Holding place) {
        now.occupy(place);
        later.occupy(place);
    }

    /** Leaves alone what is kept for others, even for those behind. */
    void leave(Map<JobId, Holding> kept, Predicate<JobId> others) {
        kept.forEach((job, place) -> {
            if (others.test(job) && later.hasFree(place)) {
                later.occupy(place);
                now.capBy(later, place);
            }
        });
    }

    /** Limits hold for what is held now, and also when everybody for whom room is kept has started. */
    Predicate<QueueLoad> quota(String queue) {
        return load -> now.queues().fits(queue, load) && later.queues().fits(queue, load);
    }
}

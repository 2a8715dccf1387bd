package io.mlengine.core.scheduling;

import io.mlengine.spi.model.JobId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who may not go because somebody ahead in the same queue waits for the same kinds of resources. One entry for each
 * different need, so that a long queue of few shapes costs little.
 */
final class Overtaking {
    private final Map<String, List<Head>> heads = new LinkedHashMap<>();

    /** A job that waits, and what it waits for. */
    private record Head(JobId job, GangNeed need, boolean holdsAll) {}

    /**
     * Lets nobody pass a job.
     *
     * @param holdsAll whether it waits for something that every job of the queue needs
     */
    void hold(PendingGang gang, GangNeed need, boolean holdsAll) {
        heads.computeIfAbsent(gang.queue(), queue -> new ArrayList<>()).add(new Head(gang.id(), need, holdsAll));
    }

    /** The first job that a gang of this queue would have to pass. */
    Optional<JobId> ahead(String queue, GangNeed need) {
        for (Head head : heads.getOrDefault(queue, List.of())) {
            if (head.holdsAll() || head.need().competesWith(need)) {
                return Optional.of(head.job());
            }
        }
        return Optional.empty();
    }
}

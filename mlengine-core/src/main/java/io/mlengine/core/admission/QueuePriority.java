package io.mlengine.core.admission;

import io.mlengine.core.job.MLTrain;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.queue.QueueTree;
import io.mlengine.spi.model.Violation;
import java.util.Comparator;
import java.util.List;

/** Holds the priority of a new job against the highest one of its queue and of those above it. */
public final class QueuePriority {
    private QueuePriority() {}

    /**
     * Judges a job.
     *
     * @param train the job
     * @param queues the configured queues; where none bounds the priority, any may be asked for
     * @return the violation, or an empty list
     */
    public static List<Violation> check(MLTrain train, List<QueueConfig> queues) {
        return QueueTree.of(queues).path(train.queue()).stream()
                .filter(queue -> queue.maxPriority().isPresent())
                .min(Comparator.comparingInt(queue -> queue.maxPriority().getAsInt()))
                .filter(lowest -> train.priority() > lowest.maxPriority().getAsInt())
                .map(lowest -> violation(train, lowest))
                .stream()
                .toList();
    }

    private static Violation violation(MLTrain train, QueueConfig queue) {
        String whose = queue.name().equals(train.queue()) ? "" : ", which is above queue " + train.queue() + ",";
        return ViolationCode.PRIORITY_TOO_HIGH.at(
                "spec.priority",
                Integer.toString(train.priority()),
                "queue " + queue.name() + whose + " takes at most "
                        + queue.maxPriority().getAsInt() + "; choose that or less, or another queue");
    }
}

package io.mlengine.core.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.MLTrain;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.spi.model.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class QueuePriorityProperties {
    private static MLTrain job(String queue, int priority) {
        return MLTrain.named("digits")
                .framework("command")
                .queue(queue)
                .priority(priority)
                .build();
    }

    /** A chain of queues, each below the one before; a bound of -1 is none. */
    private static List<QueueConfig> chain(List<Integer> bounds) {
        List<QueueConfig> queues = new ArrayList<>();
        for (int i = 0; i < bounds.size(); i++) {
            queues.add(QueueConfig.named("q" + i)
                    .parent(i == 0 ? Optional.empty() : Optional.of("q" + (i - 1)))
                    .maxPriority(bounds.get(i) < 0 ? OptionalInt.empty() : OptionalInt.of(bounds.get(i)))
                    .build());
        }
        return queues;
    }

    @Property
    void aJobKeepsToItsQueueAndAllAbove(
            @ForAll @Size(min = 1, max = 4) List<@IntRange(min = -1, max = 5) Integer> bounds,
            @ForAll @IntRange(min = -2, max = 6) int priority) {
        String lowest = "q" + (bounds.size() - 1);
        boolean fits = bounds.stream().allMatch(bound -> bound < 0 || priority <= bound);

        List<Violation> found = QueuePriority.check(job(lowest, priority), chain(bounds));

        assertThat(found).hasSize(fits ? 0 : 1);
        int least = bounds.stream()
                .filter(bound -> bound >= 0)
                .mapToInt(bound -> bound)
                .min()
                .orElse(priority);
        assertThat(QueuePriority.check(job(lowest, Math.min(priority, least)), chain(bounds)))
                .as("the advice helps")
                .isEmpty();
    }

    @Example
    void theQueueThatSaysSoIsNamed() {
        assertThat(QueuePriority.check(job("q1", 100), chain(List.of(10, -1))))
                .singleElement()
                .isEqualTo(new Violation(
                        "spec.priority",
                        "ML-436",
                        "priority too high",
                        "100",
                        "queue q0, which is above queue q1, takes at most 10; choose that or less, or another queue"));
    }

    @Example
    void whereNothingIsBoundAnyPriorityMayBeAskedFor() {
        assertThat(QueuePriority.check(job("q0", 1_000_000_000), List.of())).isEmpty();
        assertThat(QueuePriority.check(job("elsewhere", 1_000_000_000), chain(List.of(1))))
                .isEmpty();
    }
}

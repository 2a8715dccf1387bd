package io.mlengine.backend.k8s.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keys that are worked on, with a clock and a worker that the test moves. */
class WorkQueueTest {
    private final VirtualTime clock = new VirtualTime();
    private final Deque<Runnable> worker = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();
    private int failures;
    private final WorkQueue<String> queue = new WorkQueue<>(worker::add, clock, this::work);

    private void work(String key) {
        if (failures > 0) {
            failures--;
            throw new IllegalStateException("not yet");
        }
        done.add(key);
    }

    private void runAll() {
        while (!worker.isEmpty()) {
            worker.remove().run();
        }
    }

    @Test
    void aKeyThatIsAddedMeanwhileIsWorkedOnOnceMore() {
        queue.add("a");
        queue.add("a");
        queue.add("b");
        queue.add("a");

        assertThat(worker).as("each key by one worker").hasSize(2);
        runAll();
        assertThat(done).containsExactly("a", "b", "a");
    }

    @Test
    void workThatFailsIsDoneAgainAfterAGrowingDelay() {
        failures = 2;
        queue.add("a");
        runAll();
        clock.advance(Duration.ofMillis(500));
        runAll();
        clock.advance(Duration.ofMillis(500));
        runAll();
        assertThat(done).isEmpty();

        clock.advance(Duration.ofMillis(500));
        runAll();

        assertThat(done).containsExactly("a");
    }

    @Test
    void ofSeveralTimesTheEarliestCounts() {
        queue.addLater("a", Duration.ofSeconds(10));
        queue.addLater("a", Duration.ofSeconds(2));
        queue.addLater("a", Duration.ofSeconds(5));

        clock.advance(Duration.ofSeconds(2));
        runAll();
        assertThat(done).containsExactly("a");
        clock.advance(Duration.ofSeconds(20));
        runAll();
        assertThat(done).as("one time for each key").containsExactly("a");
    }

    @Test
    void aClosedQueueBeginsNothing() {
        queue.addLater("a", Duration.ofSeconds(1));
        queue.close();
        queue.add("b");
        clock.advance(Duration.ofSeconds(1));

        assertThat(worker).isEmpty();
    }
}

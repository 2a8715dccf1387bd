package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchedTest {
    private static final Duration DELAY = Duration.ofMillis(100);

    private final Timers timers = new Timers();
    private final List<String> done = new ArrayList<>();
    private final Batched nodes = new Batched(timers, DELAY, () -> done.add("nodes"));
    private final Batched gangs = Batched.after(nodes, timers, DELAY, () -> done.add("gangs"));

    /** Timers that elapse one by one, when the test says so. */
    private static final class Timers extends ScheduledThreadPoolExecutor {
        private final Queue<Runnable> waiting = new ArrayDeque<>();

        Timers() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
            waiting.add(work);
            return super.schedule(() -> {}, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        }

        void elapse() {
            waiting.remove().run();
        }
    }

    @AfterEach
    void close() {
        timers.shutdownNow();
    }

    @Test
    void whatIsAskedForManyTimesIsDoneOnce() {
        nodes.request();
        nodes.request();
        timers.elapse();
        assertThat(done).containsExactly("nodes");
        assertThat(timers.waiting).isEmpty();

        nodes.request();
        timers.elapse();
        assertThat(done).containsExactly("nodes", "nodes");
    }

    @Test
    void whatWasAskedForLaterComesFirstWhereTheOtherMustNotOvertakeIt() {
        gangs.request();
        nodes.request();
        timers.elapse();
        assertThat(done).containsExactly("nodes", "gangs");

        timers.elapse();
        assertThat(done).as("it is done already").containsExactly("nodes", "gangs");
    }

    @Test
    void whatNobodyAskedForIsNotDone() {
        gangs.request();
        timers.elapse();
        assertThat(done).containsExactly("gangs");
    }
}

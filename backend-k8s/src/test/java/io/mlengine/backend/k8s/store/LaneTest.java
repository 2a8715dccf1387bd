package io.mlengine.backend.k8s.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class LaneTest {
    private final Deque<Runnable> given = new ArrayDeque<>();
    private final List<Integer> done = new ArrayList<>();

    private void runAll() {
        while (!given.isEmpty()) {
            given.poll().run();
        }
    }

    private static boolean offer(Lane lane, List<Integer> done, int number) {
        return lane.offer(() -> done.add(number));
    }

    @Test
    void onlySomeAreGivenToTheExecutorAtATime() {
        Lane lane = new Lane(given::add, 2, 10);
        for (int i = 0; i < 5; i++) {
            assertThat(offer(lane, done, i)).isTrue();
        }

        assertThat(given).hasSize(2);
        runAll();
        assertThat(done).containsExactly(0, 1, 2, 3, 4);
        offer(lane, done, 5);
        assertThat(given).hasSize(1);
    }

    @Test
    void othersGetATurnBetweenTwoTasks() {
        Lane lane = new Lane(given::add, 1, 10);
        offer(lane, done, 0);
        offer(lane, done, 1);
        given.add(() -> done.add(100));
        runAll();

        assertThat(done).containsExactly(0, 100, 1);
    }

    @Test
    void whatIsTooMuchIsRefused() {
        Lane lane = new Lane(given::add, 1, 2);

        assertThat(offer(lane, done, 0)).isTrue();
        assertThat(offer(lane, done, 1)).isTrue();
        assertThat(offer(lane, done, 2)).isFalse();
        runAll();
        assertThat(offer(lane, done, 3)).isTrue();
        runAll();
        assertThat(done).containsExactly(0, 1, 3);
    }

    @Test
    void aTaskThatThrowsKeepsNobodyWaiting() {
        Lane lane = new Lane(given::add, 1, 10);
        lane.offer(() -> {
            throw new IllegalStateException("on purpose");
        });
        offer(lane, done, 1);
        try {
            given.remove().run();
        } catch (IllegalStateException e) {
            done.add(0);
        }
        runAll();

        assertThat(done).containsExactly(0, 1);
    }

    @Test
    void aClosedLaneDropsWhatWaits() {
        Lane lane = new Lane(given::add, 1, 10);
        offer(lane, done, 0);
        offer(lane, done, 1);
        lane.close();
        runAll();

        assertThat(done).isEmpty();
        assertThat(offer(lane, done, 2)).isFalse();
    }

    @Test
    void drainingWaitsForWhatWasOffered() {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            Lane lane = new Lane(executor, 1, 100);
            for (int i = 0; i < 50; i++) {
                offer(lane, done, i);
            }
            lane.drain(Duration.ofMinutes(1));

            assertThat(done).hasSize(50);
            assertThat(offer(lane, done, 50)).isFalse();
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void drainingWaitsOnlySoLong() {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        CountDownLatch held = new CountDownLatch(1);
        try {
            Lane lane = new Lane(executor, 1, 100);
            lane.offer(() -> {
                try {
                    held.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            offer(lane, done, 1);
            lane.drain(Duration.ofMillis(20));

            held.countDown();
            assertThat(offer(lane, done, 2)).isFalse();
            executor.shutdown();
            assertThat(executor.isShutdown()).isTrue();
            assertThat(done).isEmpty();
        } finally {
            held.countDown();
            executor.shutdown();
        }
    }

    @Test
    void anExecutorThatHasEndedEndsTheLane() {
        Lane lane = new Lane(
                task -> {
                    throw new RejectedExecutionException("ended");
                },
                1,
                10);
        offer(lane, done, 0);

        assertThat(offer(lane, done, 1)).isFalse();
    }
}

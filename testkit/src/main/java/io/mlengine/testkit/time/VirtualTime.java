package io.mlengine.testkit.time;

import io.mlengine.core.time.EngineClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * A clock that moves only when told. Wall time and monotonic time are apart: {@link #jumpWall} moves one and not the
 * other, as a correction of the system's clock does. Not thread-safe: one thread drives a simulation.
 */
public final class VirtualTime implements EngineClock {
    /** Where the wall clock of a simulation starts. */
    public static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private static final long NANOS_AT_START = 5_000_000_000L;

    private record Task(long dueNanos, long sequence, Runnable work, boolean[] cancelled) {}

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::dueNanos).thenComparingLong(Task::sequence));
    private Instant wall = START;
    private long nanos = NANOS_AT_START;
    private long sequence;

    @Override
    public Instant instant() {
        return wall;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Cancellation schedule(Duration delay, Runnable task) {
        boolean[] cancelled = new boolean[1];
        tasks.add(new Task(nanos + Math.max(0, delay.toNanos()), sequence++, task, cancelled));
        return () -> cancelled[0] = true;
    }

    /**
     * Moves to the next task that is due and runs it.
     *
     * @return false when nothing is scheduled
     */
    public boolean runNext() {
        skipCancelled();
        Task task = tasks.poll();
        if (task == null) {
            return false;
        }
        moveTo(task.dueNanos());
        task.work().run();
        return true;
    }

    /**
     * When the next task is due.
     *
     * @return the time from now, or empty when nothing is scheduled
     */
    public Optional<Duration> untilNext() {
        skipCancelled();
        return Optional.ofNullable(tasks.peek()).map(task -> Duration.ofNanos(task.dueNanos() - nanos));
    }

    /**
     * Moves the time without running anything that lies beyond.
     *
     * @param duration how far; what is due on the way runs in order
     */
    public void advance(Duration duration) {
        long target = nanos + duration.toNanos();
        skipCancelled();
        while (!tasks.isEmpty() && tasks.element().dueNanos() <= target) {
            runNext();
            skipCancelled();
        }
        moveTo(target);
    }

    /**
     * Moves the wall clock alone, as a correction by NTP does.
     *
     * @param jump how far, may be negative
     */
    public void jumpWall(Duration jump) {
        wall = wall.plus(jump);
    }

    private void moveTo(long target) {
        wall = wall.plusNanos(target - nanos);
        nanos = target;
    }

    private void skipCancelled() {
        while (!tasks.isEmpty() && tasks.element().cancelled()[0]) {
            tasks.remove();
        }
    }
}

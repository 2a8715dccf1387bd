package io.mlengine.backend.k8s.store;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A narrow way into an executor that others need too: of its tasks only a few run at a time, in order, and of those that
 * wait there are so many at most. Safe for any thread.
 */
final class Lane implements AutoCloseable {
    private final Executor executor;
    private final int abreast;
    private final int most;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int running;
    private boolean closed;

    /**
     * Makes a lane.
     *
     * @param executor runs the tasks
     * @param abreast how many run at a time
     * @param most how many may wait
     */
    Lane(Executor executor, int abreast, int most) {
        this.executor = executor;
        this.abreast = abreast;
        this.most = most;
    }

    /** Runs a task soon. Returns false, and does nothing, when too many wait or the lane is closed. */
    boolean offer(Runnable task) {
        synchronized (this) {
            if (closed || waiting.size() >= most) {
                return false;
            }
            waiting.add(task);
            if (running == abreast) {
                return true;
            }
            running++;
        }
        execute();
        return true;
    }

    private void execute() {
        try {
            executor.execute(this::runOne);
        } catch (RejectedExecutionException e) {
            // The executor has ended, and so has the lane.
            close();
        }
    }

    /** One task at a time: whoever else waits for the executor gets a turn in between. */
    private void runOne() {
        try {
            next().run();
        } finally {
            if (goesOn()) {
                execute();
            }
        }
    }

    private synchronized Runnable next() {
        Runnable task = waiting.poll();
        return task == null ? () -> {} : task;
    }

    private synchronized boolean goesOn() {
        if (waiting.isEmpty()) {
            running--;
            notifyAll();
            return false;
        }
        return true;
    }

    /** Takes no more, and waits until all is done, but not for longer than this. */
    synchronized void drain(Duration atMost) {
        closed = true;
        long end = System.nanoTime() + atMost.toNanos();
        try {
            for (long left = atMost.toNanos(); running > 0 && left > 0; left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close();
    }

    /** Drops what waits; what runs goes on. */
    @Override
    public synchronized void close() {
        closed = true;
        waiting.clear();
    }
}

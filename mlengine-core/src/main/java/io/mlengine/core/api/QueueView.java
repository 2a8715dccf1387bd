package io.mlengine.core.api;

import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.queue.QueueFigures;
import io.mlengine.core.queue.QueueLoad;
import java.math.BigInteger;

/**
 * A queue and what its jobs hold.
 *
 * @param config the queue with its limits; without any when it was not configured
 * @param waiting jobs that wait in it
 * @param running jobs that hold resources
 * @param gpus GPUs held
 * @param cpuMillis CPU held, in thousandths of a core
 * @param memoryBytes memory held
 */
public record QueueView(QueueConfig config, int waiting, int running, long gpus, long cpuMillis, long memoryBytes) {
    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

    /**
     * Shows figures of a queue.
     *
     * @param config the queue
     * @param figures how many jobs wait, and what the others hold; a sum that no long can hold is shown as the largest
     * @return the view
     */
    public static QueueView of(QueueConfig config, QueueFigures figures) {
        QueueLoad held = figures.held();
        return new QueueView(
                config,
                figures.waiting(),
                held.jobs().intValueExact(),
                amount(held.gpus()),
                amount(held.cpuMillis()),
                amount(held.memoryBytes()));
    }

    private static long amount(BigInteger sum) {
        return sum.min(MOST).longValueExact();
    }
}

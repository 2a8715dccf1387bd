package io.mlengine.core.api;

import io.mlengine.core.queue.QueueConfig;

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
public record QueueView(QueueConfig config, int waiting, int running, long gpus, long cpuMillis, long memoryBytes) {}

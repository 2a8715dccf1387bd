package io.mlengine.core.queue;

import java.util.OptionalLong;

/** What a queue can limit. */
public enum QueueDimension {
    /** GPUs and MIG instances. */
    GPUS("gpus"),
    /** Thousandths of a core. */
    CPU_MILLIS("cpuMillis"),
    /** Bytes of memory. */
    MEMORY_BYTES("memoryBytes"),
    /** Jobs that hold resources. */
    JOBS("jobs");

    private final String text;

    QueueDimension(String text) {
        this.text = text;
    }

    /**
     * Name in explanations.
     *
     * @return the field of {@link QueueConfig}
     */
    public String text() {
        return text;
    }

    /**
     * Reads a queue's limit.
     *
     * @param queue the queue
     * @return the limit, or empty for none
     */
    public OptionalLong limit(QueueConfig queue) {
        return switch (this) {
            case GPUS -> queue.gpus();
            case CPU_MILLIS -> queue.cpuMillis();
            case MEMORY_BYTES -> queue.memoryBytes();
            case JOBS -> queue.jobs();
        };
    }
}

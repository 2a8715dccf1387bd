package io.mlengine.core.queue;

import io.mlengine.spi.model.Resources;
import java.math.BigInteger;

/**
 * An amount of everything that a queue can limit; exact however large, so that it can be taken back.
 *
 * @param gpus devices
 * @param cpuMillis thousandths of a core
 * @param memoryBytes bytes
 * @param jobs jobs
 */
public record QueueLoad(BigInteger gpus, BigInteger cpuMillis, BigInteger memoryBytes, BigInteger jobs) {
    /** Nothing. */
    public static final QueueLoad NONE =
            new QueueLoad(BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO);

    /** One job that holds nothing yet. */
    public static final QueueLoad ONE_JOB =
            new QueueLoad(BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO, BigInteger.ONE);

    /**
     * Adds replicas.
     *
     * @param resources what each holds
     * @param replicas how many
     * @return the larger load
     */
    public QueueLoad plus(Resources resources, int replicas) {
        BigInteger times = BigInteger.valueOf(replicas);
        return new QueueLoad(
                gpus.add(BigInteger.valueOf(resources.gpuCount()).multiply(times)),
                cpuMillis.add(BigInteger.valueOf(resources.cpuMillis()).multiply(times)),
                memoryBytes.add(BigInteger.valueOf(resources.memoryBytes()).multiply(times)),
                jobs);
    }

    /**
     * Adds a load.
     *
     * @param other the load
     * @return the larger load
     */
    public QueueLoad plus(QueueLoad other) {
        return new QueueLoad(
                gpus.add(other.gpus),
                cpuMillis.add(other.cpuMillis),
                memoryBytes.add(other.memoryBytes),
                jobs.add(other.jobs));
    }

    /**
     * Takes a load away.
     *
     * @param other the load
     * @return the smaller load
     */
    public QueueLoad minus(QueueLoad other) {
        return new QueueLoad(
                gpus.subtract(other.gpus),
                cpuMillis.subtract(other.cpuMillis),
                memoryBytes.subtract(other.memoryBytes),
                jobs.subtract(other.jobs));
    }

    /**
     * Reads one part.
     *
     * @param dimension which
     * @return the amount
     */
    public BigInteger of(QueueDimension dimension) {
        return switch (dimension) {
            case GPUS -> gpus;
            case CPU_MILLIS -> cpuMillis;
            case MEMORY_BYTES -> memoryBytes;
            case JOBS -> jobs;
        };
    }
}

package io.mlengine.spi.backend;

import java.time.Instant;
import java.util.List;

/**
 * What a replica used at one moment, everything it has started included.
 *
 * @param at when
 * @param cpuMillis CPU time used since the sample before, as thousandths of a core
 * @param memoryBytes resident memory
 * @param gpus one entry a device it holds; empty where none can be read
 */
public record UsageSample(Instant at, long cpuMillis, long memoryBytes, List<Gpu> gpus) {
    /** Copies the list. */
    public UsageSample {
        gpus = List.copyOf(gpus);
    }

    /**
     * One device.
     *
     * @param device its id
     * @param busyPercent share of time in which it computed, 0 to 100
     * @param memoryBytes memory in use
     */
    public record Gpu(String device, int busyPercent, long memoryBytes) {}
}

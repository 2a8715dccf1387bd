package io.mlengine.core.metering;

import io.mlengine.spi.backend.UsageSample;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What one replica used of what it held, folded from its samples. A sample stands for the time since the one before it;
 * where that is longer than the longest gap, only the gap before the sample counts as covered. Sums are kept in whole
 * milliseconds, so the order of folding does not blur them. Immutable.
 */
public final class Efficiency {
    /** A device that computes for less than this share of the time counts as idle. */
    public static final int IDLE_BELOW_PERCENT = 10;

    private static final Efficiency NONE = new Efficiency(Optional.empty(), 0, 0, 0, 0, 0, 0, 0);

    private final Optional<Instant> last;
    private final long coveredMillis;
    private final long deviceMillis;
    private final long busyPercentMillis;
    private final long idleDeviceMillis;
    private final long cpuMilliMillis;
    private final long peakMemoryBytes;
    private final long peakDeviceMemoryBytes;

    private Efficiency(
            Optional<Instant> last,
            long coveredMillis,
            long deviceMillis,
            long busyPercentMillis,
            long idleDeviceMillis,
            long cpuMilliMillis,
            long peakMemoryBytes,
            long peakDeviceMemoryBytes) {
        this.last = last;
        this.coveredMillis = coveredMillis;
        this.deviceMillis = deviceMillis;
        this.busyPercentMillis = busyPercentMillis;
        this.idleDeviceMillis = idleDeviceMillis;
        this.cpuMilliMillis = cpuMilliMillis;
        this.peakMemoryBytes = peakMemoryBytes;
        this.peakDeviceMemoryBytes = peakDeviceMemoryBytes;
    }

    /**
     * Nothing sampled.
     *
     * @return the start of a fold
     */
    public static Efficiency none() {
        return NONE;
    }

    /**
     * Adds a sample. The first one tells peaks only, because it is not known since when it holds; one that is not newer
     * than the last is ignored.
     *
     * @param sample the sample
     * @param longestGap longest time that one sample may stand for, for example three sampling periods
     * @return the fold with the sample
     */
    public Efficiency plus(UsageSample sample, Duration longestGap) {
        long since = last.map(Instant::toEpochMilli).orElse(sample.at().toEpochMilli());
        long millis = Math.min(sample.at().toEpochMilli() - since, longestGap.toMillis());
        if (last.isPresent() && millis <= 0) {
            return this;
        }
        long busy = 0;
        long idle = 0;
        long peak = peakDeviceMemoryBytes;
        for (UsageSample.Gpu gpu : sample.gpus()) {
            busy += gpu.busyPercent() * millis;
            idle += gpu.busyPercent() < IDLE_BELOW_PERCENT ? millis : 0;
            peak = Math.max(peak, gpu.memoryBytes());
        }
        return new Efficiency(
                Optional.of(sample.at()),
                coveredMillis + millis,
                deviceMillis + sample.gpus().size() * millis,
                busyPercentMillis + busy,
                idleDeviceMillis + idle,
                cpuMilliMillis + sample.cpuMillis() * millis,
                Math.max(peakMemoryBytes, sample.memoryBytes()),
                peak);
    }

    /**
     * Adds what another replica used; the peaks are those of the hungrier one.
     *
     * @param other the other replica's fold
     * @return both, without a last sample: nothing can be folded onto it
     */
    public Efficiency and(Efficiency other) {
        return new Efficiency(
                Optional.empty(),
                coveredMillis + other.coveredMillis,
                deviceMillis + other.deviceMillis,
                busyPercentMillis + other.busyPercentMillis,
                idleDeviceMillis + other.idleDeviceMillis,
                cpuMilliMillis + other.cpuMilliMillis,
                Math.max(peakMemoryBytes, other.peakMemoryBytes),
                Math.max(peakDeviceMemoryBytes, other.peakDeviceMemoryBytes));
    }

    /**
     * Time that samples tell about.
     *
     * @return milliseconds, summed over replicas
     */
    public long coveredMillis() {
        return coveredMillis;
    }

    /**
     * The part of a time that samples tell about.
     *
     * @param heldMillis the time in which the replicas ran, summed over them
     * @return 0 to 100
     */
    public int coveragePercent(long heldMillis) {
        return heldMillis <= 0 ? 0 : (int) Math.min(100, Math.round(100.0 * coveredMillis / heldMillis));
    }

    /**
     * Mean share of time in which a device computed, over all devices and the covered time.
     *
     * @return 0 to 100; 0 when no device was sampled
     */
    public int busyPercent() {
        return deviceMillis == 0 ? 0 : (int) Math.round((double) busyPercentMillis / deviceMillis);
    }

    /**
     * Device time in which a device was idle.
     *
     * @return devices × milliseconds
     */
    public long idleDeviceMillis() {
        return idleDeviceMillis;
    }

    /**
     * Mean CPU use of a replica.
     *
     * @return thousandths of a core; 0 when nothing was sampled
     */
    public long meanCpuMillis() {
        return coveredMillis == 0 ? 0 : cpuMilliMillis / coveredMillis;
    }

    /**
     * Most memory that a replica used.
     *
     * @return bytes
     */
    public long peakMemoryBytes() {
        return peakMemoryBytes;
    }

    /**
     * Most memory that was used on a device.
     *
     * @return bytes
     */
    public long peakDeviceMemoryBytes() {
        return peakDeviceMemoryBytes;
    }
}

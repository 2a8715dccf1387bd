package io.mlengine.core.job;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Samples of one replica, folded: sums are weighted by the time since the sample before, so means do not depend on the
 * sampling interval.
 *
 * @param sampledMillis time covered by samples
 * @param aliveMillis time in which its process ran; coverage is sampled / alive
 * @param preparingMillis time in which code and environment were prepared
 * @param cpuMilliMillis thousandths of a core, times milliseconds
 * @param cpuMillisPeak largest sample, in thousandths of a core
 * @param memoryBytesPeak largest sample, in bytes
 * @param gpus by device id
 */
public record ReplicaUse(
        long sampledMillis,
        long aliveMillis,
        long preparingMillis,
        long cpuMilliMillis,
        long cpuMillisPeak,
        long memoryBytesPeak,
        SortedMap<String, Gpu> gpus) {
    /** Nothing sampled. */
    public static final ReplicaUse NONE = new ReplicaUse(0, 0, 0, 0, 0, 0, Collections.emptySortedMap());

    /** Copies the map. */
    public ReplicaUse {
        gpus = Collections.unmodifiableSortedMap(new TreeMap<>(gpus));
    }

    /**
     * Samples of one device.
     *
     * @param sampledMillis time covered by samples
     * @param busyPercentMillis busy per cent, times milliseconds
     * @param idleMillis time in which it was less than 10 % busy
     * @param memoryBytesPeak largest sample, in bytes
     */
    public record Gpu(long sampledMillis, long busyPercentMillis, long idleMillis, long memoryBytesPeak) {}
}

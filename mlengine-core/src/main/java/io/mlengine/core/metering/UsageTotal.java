package io.mlengine.core.metering;

import io.mlengine.core.job.Forgotten;
import io.mlengine.core.job.JobRecord;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A sum of usage records.
 *
 * @param deviceMillis devices × milliseconds
 * @param lostDeviceMillis the part of it that failed attempts held
 * @param cpuMilliMillis thousandths of a core × milliseconds
 * @param memoryByteMillis bytes × milliseconds
 */
public record UsageTotal(
        long deviceMillis, long lostDeviceMillis, BigInteger cpuMilliMillis, BigInteger memoryByteMillis) {
    /** Nothing used. */
    public static final UsageTotal ZERO = new UsageTotal(0, 0, BigInteger.ZERO, BigInteger.ZERO);

    /**
     * Adds a record.
     *
     * @param usage the record
     * @return the larger sum
     * @throws ArithmeticException beyond 292 million device-years
     */
    public UsageTotal plus(UsageRecord usage) {
        long lost = usage.worth() == UsageRecord.Worth.LOST ? usage.deviceMillis() : 0;
        return new UsageTotal(
                Math.addExact(deviceMillis, usage.deviceMillis()),
                Math.addExact(lostDeviceMillis, lost),
                cpuMilliMillis.add(usage.cpuMilliMillis()),
                memoryByteMillis.add(usage.memoryByteMillis()));
    }

    /**
     * Whole GPU-seconds, cut.
     *
     * @return the seconds
     */
    public long gpuSeconds() {
        return deviceMillis / 1000;
    }

    /**
     * Whole core-seconds, cut.
     *
     * @return the seconds
     */
    public BigInteger cpuSeconds() {
        return cpuMilliMillis.divide(BigInteger.valueOf(1_000_000));
    }

    /**
     * Whole byte-seconds, cut.
     *
     * @return bytes × seconds
     */
    public BigInteger memoryByteSeconds() {
        return memoryByteMillis.divide(BigInteger.valueOf(1000));
    }

    /**
     * Adds all records.
     *
     * @param records the records, in any order
     * @return the sum
     */
    public static UsageTotal of(Collection<UsageRecord> records) {
        UsageTotal total = ZERO;
        for (UsageRecord usage : records) {
            total = total.plus(usage);
        }
        return total;
    }

    /**
     * All that a job used, in attempts that its record has forgotten too.
     *
     * @param job the job
     * @param now end of what has not ended
     * @return the sum
     */
    public static UsageTotal of(JobRecord job, Instant now) {
        Forgotten before = job.forgotten();
        UsageTotal total = new UsageTotal(
                before.deviceMillis(), before.lostDeviceMillis(), before.cpuMilliMillis(), before.memoryByteMillis());
        for (UsageRecord usage : Usage.of(job, DeviceModels.NONE, now)) {
            total = total.plus(usage);
        }
        return total;
    }

    /**
     * Adds records that have the same key.
     *
     * @param records the records, in any order
     * @param key what to group by, for example {@code UsageRecord::queue} or {@code usage -> usage.attempt().job()}
     * @param <K> type of the key
     * @return key to sum
     */
    public static <K extends Comparable<K>> SortedMap<K, UsageTotal> by(
            Collection<UsageRecord> records, Function<UsageRecord, K> key) {
        SortedMap<K, UsageTotal> totals = new TreeMap<>();
        for (UsageRecord usage : records) {
            totals.merge(key.apply(usage), ZERO.plus(usage), (sum, one) -> sum.plus(usage));
        }
        return totals;
    }
}

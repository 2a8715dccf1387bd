package io.mlengine.core.job;

import java.math.BigInteger;

/**
 * Attempts that a record no longer holds one by one, added up: how many, and what they used.
 *
 * @param attempts how many
 * @param deviceMillis devices × milliseconds
 * @param lostDeviceMillis the part of it that failed attempts held
 * @param cpuMilliMillis thousandths of a core × milliseconds
 * @param memoryByteMillis bytes × milliseconds
 */
public record Forgotten(
        int attempts,
        long deviceMillis,
        long lostDeviceMillis,
        BigInteger cpuMilliMillis,
        BigInteger memoryByteMillis) {
    /** None. */
    public static final Forgotten NONE = new Forgotten(0, 0, 0, BigInteger.ZERO, BigInteger.ZERO);
}

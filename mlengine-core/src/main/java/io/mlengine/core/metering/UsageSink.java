package io.mlengine.core.metering;

/**
 * Takes usage records to where they are billed or shown. Called once for each record when its attempt has ended, from
 * an executor and never from the engine's loop, so it may block. After a crash of the engine the records of an attempt
 * may come again: attempt, device model and start of the interval identify a record.
 */
@FunctionalInterface
public interface UsageSink {
    /** Keeps nothing. */
    UsageSink NONE = record -> {};

    /**
     * Takes one record.
     *
     * @param record what an ended attempt held
     */
    void record(UsageRecord record);
}

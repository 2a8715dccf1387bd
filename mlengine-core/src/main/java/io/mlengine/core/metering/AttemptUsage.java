package io.mlengine.core.metering;

import io.mlengine.spi.model.AttemptId;
import java.util.List;

/**
 * All that one attempt held, once it has ended; it never changes again.
 *
 * @param attempt the attempt, and with it the job
 * @param namespace the job's namespace
 * @param job the job's name, which another job may bear later
 * @param records by interval and device model; at least one, all of this attempt
 */
public record AttemptUsage(AttemptId attempt, String namespace, String job, List<UsageRecord> records) {
    /** Copies the list. */
    public AttemptUsage {
        records = List.copyOf(records);
        if (records.isEmpty()
                || records.stream().anyMatch(usage -> !usage.attempt().equals(attempt))) {
            throw new IllegalArgumentException("no usage of attempt " + attempt + " alone: " + records);
        }
    }
}

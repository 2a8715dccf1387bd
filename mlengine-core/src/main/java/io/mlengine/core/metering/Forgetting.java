package io.mlengine.core.metering;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.Forgotten;
import io.mlengine.core.job.JobRecord;
import java.util.ArrayList;
import java.util.List;

/** Takes past attempts out of a record, which keeps the sum of what they used. */
public final class Forgetting {
    private Forgetting() {}

    /**
     * Forgets some past attempts.
     *
     * @param record the job
     * @param from index of the first in {@link JobRecord#pastAttempts}
     * @param to index after the last
     * @return the record without them; {@link UsageTotal#of(JobRecord, java.time.Instant)} is the same
     * @throws IllegalArgumentException when one of them has not ended
     */
    public static JobRecord past(JobRecord record, int from, int to) {
        if (from >= to) {
            return record;
        }
        List<Attempt> kept = new ArrayList<>(record.pastAttempts());
        List<Attempt> gone = kept.subList(from, to);
        Forgotten sum = record.forgotten();
        for (Attempt attempt : gone) {
            sum = plus(sum, record, attempt);
        }
        gone.clear();
        return JobRecord.builder()
                .from(record)
                .pastAttempts(kept)
                .forgotten(sum)
                .build();
    }

    private static Forgotten plus(Forgotten sum, JobRecord record, Attempt attempt) {
        UsageTotal used = UsageTotal.of(Usage.of(
                record,
                attempt,
                DeviceModels.NONE,
                attempt.endedAt().orElseThrow(() -> new IllegalArgumentException("open: " + attempt.id()))));
        return new Forgotten(
                sum.attempts() + 1,
                Math.addExact(sum.deviceMillis(), used.deviceMillis()),
                Math.addExact(sum.lostDeviceMillis(), used.lostDeviceMillis()),
                sum.cpuMilliMillis().add(used.cpuMilliMillis()),
                sum.memoryByteMillis().add(used.memoryByteMillis()));
    }
}

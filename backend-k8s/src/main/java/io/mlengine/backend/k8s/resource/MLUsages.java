package io.mlengine.backend.k8s.resource;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.mlengine.core.metering.AttemptUsage;
import io.mlengine.core.metering.UsageRecord;
import io.mlengine.core.metering.UsageTotal;
import io.mlengine.spi.model.AttemptId;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Leads from the usage of an attempt to an {@code MLUsage} object, and back without loss. */
public final class MLUsages {
    /** Twelve digits and a dash; fewer would meet the same again where a job of one name is run every hour. */
    private static final int UID_PART = 13;

    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

    private MLUsages() {}

    /**
     * The name of the object for an attempt. A part of the uid is in it, because usage outlives its job and the job's
     * name may be used again.
     *
     * @param jobName the job's name
     * @param attempt the attempt
     * @return for example {@code bert-1f0c3a52-8f3e-a2}
     */
    public static String name(String jobName, AttemptId attempt) {
        String uid = JobIds.uid(attempt.job());
        return jobName + "-" + uid.substring(0, Math.min(UID_PART, uid.length())) + "-a" + attempt.number();
    }

    /**
     * Makes the object for an attempt.
     *
     * @param held what the attempt held
     * @return an object to be created; nobody owns it
     */
    public static MLUsageResource resource(AttemptUsage held) {
        AttemptId attempt = held.attempt();
        String jobName = held.job();
        List<UsageRecord> usage = held.records();
        UsageRecord first = usage.get(0);
        MLUsageResource resource = new MLUsageResource();
        resource.setMetadata(new ObjectMetaBuilder()
                .withNamespace(held.namespace())
                .withName(name(jobName, attempt))
                .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
                .addToLabels(Labels.JOB_UID, JobIds.uid(attempt.job()))
                .addToLabels(Labels.JOB_NAME, jobName)
                .addToLabels(Labels.ATTEMPT, Integer.toString(attempt.number()))
                .build());
        UsageTotal total = UsageTotal.of(usage);
        resource.setSpec(MLUsageSpec.builder()
                .job(jobName)
                .jobUid(JobIds.uid(attempt.job()))
                .attempt(attempt.number())
                .queue(first.queue())
                .user(first.user())
                .worth(Words.of(first.worth()))
                .since(earliest(usage).toString())
                .until(latest(usage).toString())
                .deviceModels(usage.stream()
                        .map(UsageRecord::deviceModel)
                        .sorted()
                        .distinct()
                        .collect(Collectors.joining(",")))
                .gpuSeconds(total.gpuSeconds())
                .cpuSeconds(total.cpuSeconds().min(MOST).longValueExact())
                .intervals(usage.stream().map(MLUsages::interval).toList())
                .build());
        return resource;
    }

    /**
     * Tells whether an object holds the usage of an attempt.
     *
     * @param resource any object of this kind
     * @param attempt the attempt
     * @return false for another job's, and for what something else has written
     */
    public static boolean isOf(MLUsageResource resource, AttemptId attempt) {
        MLUsageSpec spec = resource.getSpec();
        return spec != null
                && JobIds.uid(attempt.job()).equals(spec.jobUid())
                && Integer.valueOf(attempt.number()).equals(spec.attempt());
    }

    /**
     * Reads what an attempt held.
     *
     * @param resource an object that {@link #resource} made
     * @return the records
     * @throws IllegalArgumentException when the object was written by something else
     */
    public static List<UsageRecord> records(MLUsageResource resource) {
        MLUsageSpec spec = resource.getSpec();
        try {
            AttemptId attempt = new AttemptId(JobIds.of(given(spec.jobUid())), given(spec.attempt()));
            UsageRecord.Worth worth =
                    UsageRecord.Worth.valueOf(given(spec.worth()).toUpperCase(Locale.ROOT));
            return spec.intervals().stream()
                    .map(interval -> UsageRecord.builder()
                            .attempt(attempt)
                            .queue(given(spec.queue()))
                            .user(Objects.requireNonNullElse(spec.user(), ""))
                            .worth(worth)
                            .deviceModel(given(interval.deviceModel()))
                            .since(Instant.parse(given(interval.since())))
                            .until(Instant.parse(given(interval.until())))
                            .deviceMillis(Long.parseLong(given(interval.deviceMillis())))
                            .cpuMilliMillis(new BigInteger(given(interval.cpuMilliMillis())))
                            .memoryByteMillis(new BigInteger(given(interval.memoryByteMillis())))
                            .build())
                    .toList();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("not a time in an MLUsage object", e);
        }
    }

    private static MLUsageInterval interval(UsageRecord usage) {
        return MLUsageInterval.builder()
                .deviceModel(usage.deviceModel())
                .since(usage.since().toString())
                .until(usage.until().toString())
                .deviceMillis(Long.toString(usage.deviceMillis()))
                .cpuMilliMillis(usage.cpuMilliMillis().toString())
                .memoryByteMillis(usage.memoryByteMillis().toString())
                .build();
    }

    private static Instant earliest(List<UsageRecord> usage) {
        return usage.stream()
                .map(UsageRecord::since)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static Instant latest(List<UsageRecord> usage) {
        return usage.stream()
                .map(UsageRecord::until)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static <T> T given(@Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException("a field is missing in an MLUsage object");
        }
        return value;
    }
}

package io.mlengine.core.metering;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Derives usage from a job's record: an attempt is charged from its grant until the last of its replicas has ended, with
 * all places that it held at a time, whether their replicas had started or ended or not.
 */
public final class Usage {
    private Usage() {}

    /**
     * All usage of a job, as far as its record still holds the attempts.
     *
     * @param job the job
     * @param models names devices
     * @param now end of what has not ended
     * @return the records, by attempt, interval and device model
     */
    public static List<UsageRecord> of(JobRecord job, DeviceModels models, Instant now) {
        List<UsageRecord> records = new ArrayList<>();
        for (Attempt attempt : job.pastAttempts()) {
            records.addAll(of(job, attempt, models, now));
        }
        job.attempt().ifPresent(attempt -> records.addAll(of(job, attempt, models, now)));
        return records;
    }

    /**
     * The usage of one attempt.
     *
     * @param job the job
     * @param attempt one of its attempts
     * @param models names devices
     * @param now end of it when it has not ended
     * @return the records, by interval and device model
     */
    public static List<UsageRecord> of(JobRecord job, Attempt attempt, DeviceModels models, Instant now) {
        SortedMap<String, Resources> roles = roles(job);
        List<UsageRecord> records = new ArrayList<>();
        for (Interval interval : intervals(attempt, now)) {
            held(roles, interval.placement(), models)
                    .forEach((model, held) -> records.add(record(job, attempt, interval, model, held)));
        }
        return records;
    }

    /**
     * The usage of an attempt that has ended.
     *
     * @param job the job
     * @param attempt one of its attempts
     * @param models names devices
     * @return the usage, of no amount when it ended with its grant; empty when it held no places
     * @throws java.util.NoSuchElementException when it has not ended
     */
    public static Optional<AttemptUsage> ofEnded(JobRecord job, Attempt attempt, DeviceModels models) {
        List<UsageRecord> records = of(job, attempt, models, attempt.endedAt().orElseThrow());
        return records.isEmpty()
                ? Optional.empty()
                : Optional.of(new AttemptUsage(
                        attempt.id(), job.train().namespace(), job.train().name(), records));
    }

    /**
     * A time in which an attempt's membership did not change.
     *
     * @param placement the membership
     * @param since start, inclusive
     * @param until end, exclusive; the start where an attempt as a whole has taken no time
     */
    record Interval(Placement placement, Instant since, Instant until) {
        /** Difference of whole milliseconds, so that adjoining intervals add up to the whole. */
        long millis() {
            return until.toEpochMilli() - since.toEpochMilli();
        }
    }

    static List<Interval> intervals(Attempt attempt, Instant now) {
        List<Interval> intervals = new ArrayList<>();
        Instant since = attempt.grantedAt();
        for (Attempt.PastPlacement past : attempt.pastPlacements()) {
            intervals.add(new Interval(past.placement(), since, past.until()));
            since = latest(since, past.until());
        }
        intervals.add(new Interval(attempt.placement(), since, attempt.endedAt().orElse(now)));
        intervals.removeIf(interval -> interval.millis() <= 0);
        if (intervals.isEmpty() && attempt.endedAt().isPresent()) {
            intervals.add(new Interval(attempt.placement(), since, since));
        }
        return intervals;
    }

    static SortedMap<String, Resources> roles(JobRecord job) {
        SortedMap<String, Resources> roles = new TreeMap<>();
        for (Role role : job.train().roles()) {
            roles.put(role.name(), role.resources());
        }
        return roles;
    }

    /** A clock that was set back must not lead to negative usage, nor to an interval that is charged twice. */
    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static UsageRecord record(JobRecord job, Attempt attempt, Interval interval, String model, Held held) {
        BigInteger millis = BigInteger.valueOf(interval.millis());
        return UsageRecord.builder()
                .attempt(attempt.id())
                .queue(job.train().queue())
                .user(job.user())
                .deviceModel(model)
                .since(interval.since())
                .until(interval.until())
                .deviceMillis(Math.multiplyExact(held.devices, interval.millis()))
                .cpuMilliMillis(held.cpuMillis.multiply(millis))
                .memoryByteMillis(held.memoryBytes.multiply(millis))
                .worth(worth(attempt))
                .build();
    }

    private static UsageRecord.Worth worth(Attempt attempt) {
        if (attempt.endedAt().isEmpty()) {
            return UsageRecord.Worth.OPEN;
        }
        return attempt.cause().isPresent() ? UsageRecord.Worth.LOST : UsageRecord.Worth.USEFUL;
    }

    /** What is held of one device model at one time. */
    private static final class Held {
        private long devices;
        private BigInteger cpuMillis = BigInteger.ZERO;
        private BigInteger memoryBytes = BigInteger.ZERO;
    }

    private static SortedMap<String, Held> held(
            SortedMap<String, Resources> roles, Placement placement, DeviceModels models) {
        SortedMap<String, Held> byModel = new TreeMap<>();
        for (Placement.Slot slot : placement.replicas()) {
            Resources resources = roles.getOrDefault(slot.key().role(), Resources.NONE);
            List<String> names = deviceModels(slot, resources, models);
            for (String name : names) {
                byModel.computeIfAbsent(name, key -> new Held()).devices++;
            }
            Held first = byModel.computeIfAbsent(names.isEmpty() ? UsageRecord.CPU : names.get(0), key -> new Held());
            first.cpuMillis = first.cpuMillis.add(BigInteger.valueOf(resources.cpuMillis()));
            first.memoryBytes = first.memoryBytes.add(BigInteger.valueOf(resources.memoryBytes()));
        }
        return byModel;
    }

    /** The model of each device held; where the node chose the devices, the only one it has, or what was asked for. */
    private static List<String> deviceModels(Placement.Slot slot, Resources resources, DeviceModels models) {
        List<String> names = new ArrayList<>();
        String asked = resources.gpus().flatMap(GpuRequest::model).orElse(UsageRecord.UNKNOWN);
        for (String device : slot.devices()) {
            names.add(models.model(slot.node(), device).orElse(asked));
        }
        if (slot.devices().isEmpty() && resources.gpus().isPresent()) {
            GpuRequest wanted = resources.gpus().get();
            String model = models.model(slot.node(), wanted).orElse(asked);
            names.addAll(Collections.nCopies(wanted.count(), model));
        }
        return names;
    }
}

package io.mlengine.core.metering;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Resources;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where a job's time went, in device-milliseconds, or in replica-milliseconds for a job that holds no devices. The parts
 * do not overlap; what is left over is work.
 *
 * @param all everything that was held
 * @param lost held by attempts that failed
 * @param setup held while code, environment or image were prepared
 * @param peers held while a replica that ran waited for the others
 * @param idle held while the device computed for less than {@value Efficiency#IDLE_BELOW_PERCENT} % of the time
 */
public record TimeSplit(long all, long lost, long setup, long peers, long idle) {
    /**
     * Splits the time of a job.
     *
     * @param job the job
     * @param idle device time that samples of attempts which did not fail found idle, 0 when unknown
     * @param now end of what has not ended
     * @return the split
     */
    public static TimeSplit of(JobRecord job, long idle, Instant now) {
        SortedMap<String, Resources> roles = Usage.roles(job);
        boolean countsDevices = roles.values().stream().anyMatch(resources -> resources.gpuCount() > 0);
        List<Attempt> attempts = new ArrayList<>(job.pastAttempts());
        job.attempt().ifPresent(attempts::add);
        TimeSplit split = new TimeSplit(0, 0, 0, 0, 0);
        for (Attempt attempt : attempts) {
            for (Usage.Interval interval : Usage.intervals(attempt, now)) {
                for (Placement.Slot slot : interval.placement().replicas()) {
                    Resources resources = roles.getOrDefault(slot.key().role(), Resources.NONE);
                    int weight = countsDevices ? resources.gpuCount() : 1;
                    split = split.plus(attempt, interval, slot.key(), weight);
                }
            }
        }
        // Idle while it waited for peers is already counted there; only the rest can be idle.
        long rest = split.all - split.lost - split.setup - split.peers;
        return new TimeSplit(split.all, split.lost, split.setup, split.peers, Math.min(idle, rest));
    }

    private TimeSplit plus(Attempt attempt, Usage.Interval interval, ReplicaKey key, int weight) {
        long held = weight * interval.millis();
        if (attempt.cause().isPresent()) {
            return new TimeSplit(all + held, lost + held, setup, peers, idle);
        }
        Instant running = attempt.runningAt().orElse(Instant.MAX);
        Instant started = earliest(startedAt(attempt, key), running);
        long setupMillis = overlap(interval, interval.since(), started);
        long peersMillis = overlap(interval, started, running);
        return new TimeSplit(all + held, lost, setup + weight * setupMillis, peers + weight * peersMillis, idle);
    }

    /** A replica that was started again during the attempt has lost its first start; then the attempt's own counts. */
    private static Instant startedAt(Attempt attempt, ReplicaKey key) {
        ReplicaRecord replica = attempt.replicas().get(key);
        Optional<Instant> started =
                replica == null ? Optional.empty() : replica.current().startedAt();
        return started.orElse(Instant.MAX);
    }

    private static Instant earliest(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static long overlap(Usage.Interval interval, Instant from, Instant to) {
        Instant start = from.isAfter(interval.since()) ? from : interval.since();
        Instant end = earliest(to, interval.until());
        return start.isBefore(end) ? end.toEpochMilli() - start.toEpochMilli() : 0;
    }

    /**
     * What was left for work.
     *
     * @return everything held less everything wasted
     */
    public long work() {
        return all - lost - setup - peers - idle;
    }

    /**
     * The parts by name, for a screen.
     *
     * @return {@code idle}, {@code lost}, {@code peers}, {@code setup}, {@code work}
     */
    public SortedMap<String, Long> parts() {
        SortedMap<String, Long> parts = new TreeMap<>();
        parts.put("idle", idle);
        parts.put("lost", lost);
        parts.put("peers", peers);
        parts.put("setup", setup);
        parts.put("work", work());
        return parts;
    }
}

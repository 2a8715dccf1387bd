package io.mlengine.cli.view;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.PhaseChange;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.job.ReplicaUse;
import io.mlengine.core.metering.DeviceModels;
import io.mlengine.core.metering.Usage;
import io.mlengine.core.metering.UsageRecord;
import io.mlengine.core.metering.UsageTotal;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a job was given and what it did with it. Allocated time is exact; busy time is known where it was sampled. The
 * parts of {@link #waste} and the busy time never count the same moment twice, so together they are at most what was
 * allocated.
 *
 * @param unit what is counted
 * @param units how many of the unit the newest attempt holds
 * @param ranMillis how long the newest attempt has lasted
 * @param allocatedMillis units × milliseconds of all attempts
 * @param lostMillis the part of it in attempts that failed
 * @param aliveMillis units × milliseconds in which processes ran
 * @param sampledMillis the part of the allocated time that samples cover
 * @param busyMillis the part of the sampled time in which it was busy
 * @param gpuMemoryPeak largest memory of one GPU, in bytes
 * @param gpuMemory memory asked of one GPU, 0 when nothing was asked
 * @param cpuMillisMean mean of all replicas together, in thousandths of a core
 * @param cpuMillisPeak sum of the replicas' peaks
 * @param cpuMillisAsked all replicas together, 0 when nothing was asked
 * @param memoryPeak sum of the replicas' peaks, in bytes
 * @param memoryAsked all replicas together, 0 when nothing was asked
 * @param queued time in the queue
 * @param waste why allocated time was not busy
 * @param cpuSeconds core-seconds asked for, of all attempts
 */
public record UsageFigures(
        Unit unit,
        int units,
        long ranMillis,
        long allocatedMillis,
        long lostMillis,
        long aliveMillis,
        long sampledMillis,
        long busyMillis,
        long gpuMemoryPeak,
        long gpuMemory,
        long cpuMillisMean,
        long cpuMillisPeak,
        long cpuMillisAsked,
        long memoryPeak,
        long memoryAsked,
        Duration queued,
        List<Waste> waste,
        BigInteger cpuSeconds) {
    /** What is counted. */
    public enum Unit {
        /** GPUs. */
        GPU,
        /** Cores, for jobs without GPUs that ask for CPU. */
        CORE,
        /** Replicas, for jobs that ask for nothing: a replica is busy as a core is. */
        REPLICA
    }

    /**
     * A share of the allocated time that was not busy.
     *
     * @param reason why
     * @param millis units × milliseconds
     */
    public record Waste(Reason reason, long millis) {}

    /** The reasons. */
    public enum Reason {
        /** The attempt failed or was preempted; the next one did the work again. */
        RESTART_LOSS("lost in attempts that failed"),
        /** Code and environment were being prepared. */
        PREPARING("preparing code and environment"),
        /** Started, and waiting until all peers were ready. */
        WAITING_FOR_PEERS("waiting for peers"),
        /** Less than 10 % busy. */
        IDLE("idle (under 10 % busy)"),
        /** Busy, but not all of the time. */
        PARTLY_USED("partly used"),
        /** Nobody looked. */
        NOT_SAMPLED("not sampled");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        /** The reason for people. */
        public String text() {
            return text;
        }
    }

    /** Copies the list. */
    public UsageFigures {
        waste = List.copyOf(waste);
    }

    /** Reads a record. */
    public static UsageFigures of(JobRecord job, Instant now) {
        return new Reading(job, now).figures();
    }

    /** Collects the figures of one job. */
    private static final class Reading {
        private final JobRecord job;
        private final Instant now;
        private final Map<String, Resources> asked = new TreeMap<>();
        private final Unit unit;

        Reading(JobRecord job, Instant now) {
            this.job = job;
            this.now = now;
            for (Role role : job.train().roles()) {
                asked.put(role.name(), role.resources());
            }
            boolean gpus = asked.values().stream().anyMatch(resources -> resources.gpuCount() > 0);
            boolean cpus = asked.values().stream().anyMatch(resources -> resources.cpuMillis() > 0);
            unit = gpus ? Unit.GPU : cpus ? Unit.CORE : Unit.REPLICA;
        }

        UsageFigures figures() {
            long allocated = 0;
            long lost = 0;
            long peers = 0;
            for (Attempt attempt : attempts()) {
                long held = held(attempt);
                allocated += held;
                if (attempt.cause().isPresent()) {
                    lost += held;
                } else {
                    peers += waitingForPeers(attempt);
                }
            }
            List<UsageRecord> records = Usage.of(job, DeviceModels.NONE, now);
            UsageTotal total = UsageTotal.of(records);
            if (unit == Unit.GPU) {
                allocated = total.deviceMillis();
                lost = total.lostDeviceMillis();
            }
            long preparing = 0;
            long alive = 0;
            long sampled = 0;
            long busy = 0;
            long idle = 0;
            long cpuMean = 0;
            long cpuPeak = 0;
            long memoryPeak = 0;
            long gpuMemoryPeak = 0;
            for (Map.Entry<io.mlengine.spi.model.ReplicaKey, ReplicaUse> entry :
                    job.observations().use().entrySet()) {
                ReplicaUse use = entry.getValue();
                double weight = weight(entry.getKey().role());
                preparing += Math.round(use.preparingMillis() * weight);
                alive += Math.round(use.aliveMillis() * weight);
                cpuMean += use.sampledMillis() == 0 ? 0 : use.cpuMilliMillis() / use.sampledMillis();
                cpuPeak += use.cpuMillisPeak();
                memoryPeak += use.memoryBytesPeak();
                if (unit == Unit.GPU) {
                    for (ReplicaUse.Gpu gpu : use.gpus().values()) {
                        sampled += gpu.sampledMillis();
                        busy += gpu.busyPercentMillis() / 100;
                        idle += gpu.idleMillis();
                        gpuMemoryPeak = Math.max(gpuMemoryPeak, gpu.memoryBytesPeak());
                    }
                } else {
                    sampled += Math.round(use.sampledMillis() * weight);
                    busy += Math.min(use.cpuMilliMillis() / 1000, Math.round(use.sampledMillis() * weight));
                }
            }
            Attempt newest = job.attempt().orElse(null);
            return new UsageFigures(
                    unit,
                    newest == null ? 0 : (int) Math.round(units(newest.placement())),
                    newest == null ? 0 : length(newest),
                    allocated,
                    lost,
                    alive,
                    Math.min(sampled, allocated),
                    Math.min(busy, allocated),
                    gpuMemoryPeak,
                    gpuMemory(),
                    cpuMean,
                    cpuPeak,
                    sum(newest, Resources::cpuMillis),
                    memoryPeak,
                    sum(newest, Resources::memoryBytes),
                    queued(),
                    waste(allocated, lost, preparing, peers, sampled, busy, idle),
                    total.cpuSeconds());
        }

        /** Each part takes at most what the parts before it left. */
        private static List<Waste> waste(
                long allocated, long lost, long preparing, long peers, long sampled, long busy, long idle) {
            List<Waste> parts = new ArrayList<>();
            long left = allocated - Math.min(busy, allocated);
            left = take(parts, Reason.RESTART_LOSS, Math.max(0, lost - share(busy, lost, allocated)), left);
            left = take(parts, Reason.PREPARING, preparing, left);
            left = take(parts, Reason.WAITING_FOR_PEERS, peers, left);
            long idleAlone = Math.max(0, idle - peers - share(idle, lost, allocated));
            left = take(parts, Reason.IDLE, idleAlone, left);
            long partly = Math.max(0, sampled - busy - idle);
            left = take(parts, Reason.PARTLY_USED, partly - share(partly, lost, allocated), left);
            take(parts, Reason.NOT_SAMPLED, left, left);
            return parts;
        }

        private static long share(long of, long part, long whole) {
            return whole == 0 ? 0 : Math.round((double) of * part / whole);
        }

        private static long take(List<Waste> parts, Reason reason, long wished, long left) {
            long taken = Math.min(wished, left);
            if (taken >= 500) {
                parts.add(new Waste(reason, taken));
            }
            return left - Math.max(0, taken);
        }

        private List<Attempt> attempts() {
            List<Attempt> attempts = new ArrayList<>(job.pastAttempts());
            job.attempt().ifPresent(attempts::add);
            return attempts;
        }

        private long length(Attempt attempt) {
            return Math.max(
                    0,
                    Duration.between(attempt.grantedAt(), attempt.endedAt().orElse(now))
                            .toMillis());
        }

        private long held(Attempt attempt) {
            return Math.round(length(attempt) * units(attempt.placement()));
        }

        private double units(Placement placement) {
            return placement.replicas().stream()
                    .mapToDouble(slot -> unit == Unit.GPU
                            ? slot.devices().size()
                            : weight(slot.key().role()))
                    .sum();
        }

        private double weight(String role) {
            Resources resources = asked.getOrDefault(role, Resources.NONE);
            return switch (unit) {
                case GPU -> resources.gpuCount();
                case CORE -> resources.cpuMillis() / 1000.0;
                case REPLICA -> 1;
            };
        }

        private long waitingForPeers(Attempt attempt) {
            Instant ready = attempt.runningAt().orElse(null);
            if (ready == null) {
                return 0;
            }
            long millis = 0;
            for (ReplicaRecord replica : attempt.replicas().values()) {
                Instant started = replica.current().startedAt().orElse(ready);
                long waited = Duration.between(started, ready).toMillis();
                millis += Math.round(Math.max(0, waited) * weight(replica.key().role()));
            }
            return millis;
        }

        private long gpuMemory() {
            return asked.values().stream()
                    .flatMap(resources -> resources.gpus().stream())
                    .mapToLong(gpus -> gpus.memoryBytes().orElse(0))
                    .max()
                    .orElse(0);
        }

        private long sum(
                @org.jspecify.annotations.Nullable Attempt attempt,
                java.util.function.ToLongFunction<Resources> figure) {
            return attempt == null
                    ? 0
                    : attempt.placement().replicas().stream()
                            .mapToLong(slot -> figure.applyAsLong(
                                    asked.getOrDefault(slot.key().role(), Resources.NONE)))
                            .sum();
        }

        private Duration queued() {
            Duration time = Duration.ZERO;
            List<PhaseChange> history = job.history();
            for (int i = 0; i < history.size(); i++) {
                if (history.get(i).phase() == Phase.QUEUED) {
                    Instant end = i + 1 < history.size()
                            ? history.get(i + 1).at()
                            : job.finishedAt().orElse(now);
                    time = time.plus(Duration.between(history.get(i).at(), end));
                }
            }
            return time;
        }
    }
}

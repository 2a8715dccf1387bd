package io.mlengine.core.internal.engine;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Observations;
import io.mlengine.core.job.ReplicaUse;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.backend.UsageSample;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Folds the samples of one job. Owned by the loop. */
final class UsageObserver {
    private static final int IDLE_BELOW_PERCENT = 10;

    private final SortedMap<ReplicaKey, ReplicaUse> use;
    private final Map<ReplicaId, Instant> lastSample = new HashMap<>();
    private final Map<ReplicaId, Instant> preparingSince = new HashMap<>();
    private final Map<ReplicaId, Instant> aliveSince = new HashMap<>();
    private final Set<ReplicaId> finished = new HashSet<>();

    UsageObserver(Observations before) {
        use = new TreeMap<>(before.use());
    }

    /** Folds a sample; the first of a start counts from the start of its process. */
    void sampled(ReplicaId replica, UsageSample sample) {
        Instant since = lastSample.put(replica, sample.at());
        if (since == null) {
            since = aliveSince.get(replica);
        }
        long millis = since == null
                ? 0
                : Math.max(0, Duration.between(since, sample.at()).toMillis());
        ReplicaUse old = use.getOrDefault(replica.key(), ReplicaUse.NONE);
        SortedMap<String, ReplicaUse.Gpu> gpus = new TreeMap<>(old.gpus());
        for (UsageSample.Gpu gpu : sample.gpus()) {
            gpus.merge(
                    gpu.device(),
                    new ReplicaUse.Gpu(
                            millis,
                            millis * gpu.busyPercent(),
                            gpu.busyPercent() < IDLE_BELOW_PERCENT ? millis : 0,
                            gpu.memoryBytes()),
                    UsageObserver::sum);
        }
        use.put(
                replica.key(),
                new ReplicaUse(
                        old.sampledMillis() + millis,
                        old.aliveMillis(),
                        old.preparingMillis(),
                        old.cpuMilliMillis() + sample.cpuMillis() * millis,
                        Math.max(old.cpuMillisPeak(), sample.cpuMillis()),
                        Math.max(old.memoryBytesPeak(), sample.memoryBytes()),
                        gpus));
    }

    private static ReplicaUse.Gpu sum(ReplicaUse.Gpu a, ReplicaUse.Gpu b) {
        return new ReplicaUse.Gpu(
                a.sampledMillis() + b.sampledMillis(),
                a.busyPercentMillis() + b.busyPercentMillis(),
                a.idleMillis() + b.idleMillis(),
                Math.max(a.memoryBytesPeak(), b.memoryBytesPeak()));
    }

    /** Follows the life of a replica. */
    void replica(ReplicaStatus status, Instant now) {
        ReplicaId id = status.id();
        if (status.state() == ReplicaState.PREPARING) {
            preparingSince.putIfAbsent(id, now);
        } else {
            Instant since = preparingSince.remove(id);
            if (since != null) {
                add(
                        id.key(),
                        0,
                        Duration.between(since, status.startedAt().orElse(now)).toMillis());
            }
        }
        status.startedAt().ifPresent(start -> {
            if (status.state().mayLive()) {
                aliveSince.putIfAbsent(id, start);
            } else {
                ended(id, start, status.endedAt().orElse(now));
            }
        });
    }

    private void ended(ReplicaId id, Instant start, Instant end) {
        aliveSince.remove(id);
        lastSample.remove(id);
        if (finished.add(id)) {
            add(id.key(), Duration.between(start, end).toMillis(), 0);
        }
    }

    private void add(ReplicaKey key, long aliveMillis, long preparingMillis) {
        ReplicaUse old = use.getOrDefault(key, ReplicaUse.NONE);
        use.put(
                key,
                new ReplicaUse(
                        old.sampledMillis(),
                        old.aliveMillis() + Math.max(0, aliveMillis),
                        old.preparingMillis() + Math.max(0, preparingMillis),
                        old.cpuMilliMillis(),
                        old.cpuMillisPeak(),
                        old.memoryBytesPeak(),
                        old.gpus()));
    }

    /** The record with what has been seen so far. */
    JobRecord into(JobRecord record, @Nullable Progress progress) {
        Observations observations = new Observations(
                Optional.ofNullable(progress).or(() -> record.observations().progress()), use);
        return observations.equals(record.observations())
                ? record
                : JobRecord.builder().from(record).observations(observations).build();
    }
}

package io.mlengine.testkit.sim;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.metering.AttemptUsage;
import io.mlengine.core.metering.DeviceModels;
import io.mlengine.core.metering.Usage;
import io.mlengine.core.metering.UsageRecord;
import io.mlengine.core.metering.UsageSink;
import io.mlengine.core.metering.UsageTotal;
import io.mlengine.core.store.JobStore.Change;
import io.mlengine.core.store.JobStore.Committed;
import io.mlengine.spi.model.AttemptId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A sink that refuses now and then, or keeps what it gets and says that it did not. It compares what it gets with what
 * the store was told: usage of each attempt that ended there, all of it and nothing else, and before its record is dropped.
 */
final class SimulatedSink implements UsageSink {
    private final SplittableRandom random;
    private final int refusals;
    private final TreeMap<AttemptId, AttemptUsage> kept = new TreeMap<>();
    private final TreeMap<AttemptId, UsageTotal> owed = new TreeMap<>();
    private final List<String> breaches = new ArrayList<>();

    SimulatedSink(SplittableRandom random, FaultPlan faults) {
        this.random = random;
        this.refusals = faults.refusedUsage();
    }

    @Override
    public void record(AttemptUsage usage) {
        boolean refuses = random.nextInt(1000) < refusals;
        if (refuses && random.nextBoolean()) {
            throw new IllegalStateException("simulated refusal of usage");
        }
        AttemptUsage before = kept.putIfAbsent(usage.attempt(), usage);
        if (before != null && !before.equals(usage)) {
            breaches.add("usage was changed: " + before + " to " + usage);
        }
        if (!UsageTotal.of(usage.records()).equals(owed.get(usage.attempt()))) {
            breaches.add("usage is not that of the stored record: " + usage + " for " + owed.get(usage.attempt()));
        }
        if (refuses) {
            throw new IllegalStateException("simulated loss of an acknowledgement");
        }
    }

    /** Takes note of what has become of a commit. */
    void committed(List<Change> batch, List<Committed> results) {
        for (int i = 0; i < batch.size(); i++) {
            JobRecord record = batch.get(i).record();
            if (results.get(i) != Committed.OK) {
                continue;
            }
            if (record == null) {
                dropped(batch.get(i));
            } else {
                Stream.concat(record.pastAttempts().stream(), record.attempt().stream())
                        .filter(attempt -> attempt.endedAt().isPresent())
                        .forEach(attempt -> ended(record, attempt));
            }
        }
    }

    private void ended(JobRecord record, Attempt attempt) {
        Usage.ofEnded(record, attempt, DeviceModels.NONE).ifPresent(usage -> {
            UsageTotal total = UsageTotal.of(usage.records());
            UsageTotal before = owed.putIfAbsent(attempt.id(), total);
            if (before != null && !before.equals(total)) {
                breaches.add("an attempt changed after its end: " + before + " to " + total);
            }
        });
    }

    private void dropped(Change change) {
        missing().stream()
                .filter(attempt -> attempt.job().equals(change.job()))
                .forEach(attempt -> breaches.add("dropped before its usage was taken: " + attempt));
    }

    /** What has ended and was not brought yet. */
    List<AttemptId> missing() {
        return owed.keySet().stream()
                .filter(attempt -> !kept.containsKey(attempt))
                .toList();
    }

    List<String> breaches() {
        return breaches;
    }

    /** What was kept, once each. */
    List<UsageRecord> records() {
        return kept.values().stream()
                .flatMap(usage -> Objects.requireNonNull(usage).records().stream())
                .toList();
    }
}

package io.mlengine.backend.k8s.resource;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.backend.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Puts a program's progress into the form of the status. */
final class ProgressText {
    private ProgressText() {}

    static MLTrainProgress of(Progress progress, JobRecord record, Instant now) {
        Optional<Integer> percent = percent(progress);
        return MLTrainProgress.builder()
                .text(text(progress, percent))
                .percent(percent.orElse(null))
                .step(value(progress.step()))
                .total(value(progress.total()))
                .epoch(value(progress.epoch()))
                .eta(eta(progress, record, now).map(Words::of).orElse(null))
                .build();
    }

    private static @Nullable String text(Progress progress, Optional<Integer> percent) {
        if (percent.isPresent()) {
            return percent.get() + "%";
        }
        if (progress.step().isPresent()) {
            return "step " + progress.step().getAsLong();
        }
        return progress.epoch().isPresent() ? "epoch " + progress.epoch().getAsLong() : null;
    }

    /** A program may count beyond its total. */
    private static Optional<Integer> percent(Progress progress) {
        if (progress.step().isEmpty() || progress.total().orElse(0) <= 0) {
            return Optional.empty();
        }
        double share = (double) progress.step().getAsLong() / progress.total().getAsLong();
        return Optional.of((int) (100 * Math.min(1, Math.max(0, share))));
    }

    /** A later attempt goes on from a checkpoint, so that its steps so far do not tell its pace. */
    private static Optional<Instant> eta(Progress progress, JobRecord record, Instant now) {
        Optional<Instant> since = record.attempt().flatMap(Attempt::runningAt);
        long step = progress.step().orElse(0);
        long total = progress.total().orElse(0);
        if (record.phase() != Phase.RUNNING
                || record.attemptNumber() != 1
                || since.isEmpty()
                || step <= 0
                || step > total) {
            return Optional.empty();
        }
        double millis = (double) Duration.between(since.get(), now).toMillis() * (total - step) / step;
        return millis < 0 ? Optional.empty() : Optional.of(now.plusMillis((long) Math.min(millis, 1e14)));
    }

    private static @Nullable Long value(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }
}

package io.mlengine.backend.k8s.resource;

import io.mlengine.core.api.JobView;
import io.mlengine.core.job.Condition;
import io.mlengine.core.job.Conditions;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.PhaseChange;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.metering.UsageTotal;
import io.mlengine.core.scheduling.Wait;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.Role;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Derives the status of an {@code MLTrain} object; the same input gives the same status. */
public final class MLTrainStatuses {
    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

    private MLTrainStatuses() {}

    /**
     * The status of a job as it was published.
     *
     * @param view the job
     * @param generation generation of the spec that the job was read from
     * @return the status, without {@code record}: who stores the record builds on {@link MLTrainStatus.Builder#from}
     */
    public static MLTrainStatus of(JobView view, long generation) {
        return of(view.record(), view.progress(), view.waiting(), generation, view.asOf());
    }

    /**
     * The status of a job as it is stored.
     *
     * @param record the job
     * @param progress the newest progress; without it the one in the record counts
     * @param waiting why it waits, as far as that is known
     * @param generation generation of the spec that the job was read from
     * @param now end of the usage that has not ended
     * @return the status, without {@code record}
     */
    public static MLTrainStatus of(
            JobRecord record, Optional<Progress> progress, Optional<Wait> waiting, long generation, Instant now) {
        List<MLTrainRoleStatus> roles = RoleCounts.of(record);
        int replicas = roles.stream().mapToInt(MLTrainRoleStatus::replicas).sum();
        int ready = roles.stream().mapToInt(MLTrainRoleStatus::ready).sum();
        Optional<Wait> wait = waiting.filter(known -> record.phase() == Phase.QUEUED);
        MLTrainStatus.Builder status = MLTrainStatus.builder()
                .observedGeneration(generation)
                .phase(Words.of(record.phase()))
                .attempt(record.attemptNumber())
                .codeCommit(codeCommit(record))
                .conditions(conditions(record, generation))
                .roles(roles)
                .replicas(replicas)
                .readyReplicas(ready)
                .ready(ready + "/" + replicas)
                .scale(scale(record))
                .gpus(gpus(record))
                .queue(record.train().queue())
                .progress(progress.or(() -> record.observations().progress())
                        .map(reported -> ProgressText.of(reported, record, now))
                        .orElse(null))
                .waiting(wait.map(MLTrainStatuses::waiting).orElse(null))
                .startedAt(record.startedAt().map(Words::of).orElse(null))
                .finishedAt(record.finishedAt().map(Words::of).orElse(null))
                .usage(usage(record, now));
        explain(status, record, wait);
        return status.build();
    }

    /** The outcome says most, then why it waits or has not started, then why the phase was entered. */
    private static void explain(MLTrainStatus.Builder status, JobRecord record, Optional<Wait> wait) {
        Optional<ReplicaStatus> late = late(record);
        if (record.phase().isTerminal()) {
            Outcome outcome = record.outcome().orElseThrow();
            status.reason(said(outcome.reason())).message(said(outcome.message()));
        } else if (wait.isPresent()) {
            status.reason(Words.of(wait.get().reasons().get(0).code()))
                    .message(wait.get().text());
        } else if (late.isPresent()) {
            status.reason(said(late.get().reason()))
                    .message(late.get().id().key() + ": " + late.get().message());
        } else if (!record.history().isEmpty()) {
            PhaseChange last = record.history().get(record.history().size() - 1);
            status.reason(said(last.reason())).message(said(last.message()));
        }
    }

    /** The first replica that keeps a job from running and says why. */
    private static Optional<ReplicaStatus> late(JobRecord record) {
        if (record.phase() != Phase.STARTING) {
            return Optional.empty();
        }
        return record.attempt().stream()
                .flatMap(attempt -> attempt.replicas().values().stream())
                .map(ReplicaRecord::current)
                .filter(replica -> replica.state() == ReplicaState.PENDING || replica.state() == ReplicaState.PREPARING)
                .filter(replica -> !replica.message().isEmpty())
                .findFirst();
    }

    /** A text without words is left out: there are servers that take it for null, which has the wrong type. */
    private static @Nullable String said(String text) {
        return text.isEmpty() ? null : text;
    }

    /** One, unless a replica was started again after all that knew it were gone; then all of them are told. */
    private static @Nullable String codeCommit(JobRecord record) {
        String commits = record.attempt().stream()
                .flatMap(attempt -> attempt.replicas().values().stream())
                .flatMap(replica -> replica.current().codeCommit().stream())
                .distinct()
                .collect(Collectors.joining(" "));
        return said(commits);
    }

    private static List<MLTrainCondition> conditions(JobRecord record, long generation) {
        return Conditions.of(record).stream()
                .map(condition -> condition(condition, generation))
                .toList();
    }

    private static MLTrainCondition condition(Condition condition, long generation) {
        return MLTrainCondition.builder()
                .type(condition.type().text())
                .status(condition.status())
                .observedGeneration(generation)
                .lastTransitionTime(Words.of(condition.lastTransitionTime()))
                .reason(condition.reason())
                .message(said(condition.message()))
                .build();
    }

    private static @Nullable MLTrainScale scale(JobRecord record) {
        return MLTrainWish.elasticRole(record.train())
                .map(role -> MLTrainScale.builder()
                        .replicas(RoleCounts.alive(record, role.name()))
                        .selector(selector(record, role))
                        .build())
                .orElse(null);
    }

    /** By name, not uid: a record does not know the object's uid in every store. */
    private static String selector(JobRecord record, Role role) {
        return Labels.JOB_NAME + "=" + record.train().name() + "," + Labels.ROLE + "=" + role.name();
    }

    private static long gpus(JobRecord record) {
        return record.train().roles().stream()
                .mapToLong(role -> (long) role.resources().gpuCount() * record.size(role.name()))
                .sum();
    }

    private static MLTrainWaiting waiting(Wait wait) {
        return MLTrainWaiting.builder()
                .reason(Words.of(wait.reasons().get(0).code()))
                .message(wait.text())
                .position(wait.position())
                .startsAt(wait.start().map(Words::of).orElse(null))
                .build();
    }

    /** Devices need no names here, because the sums are over all of them. */
    private static MLTrainUsage usage(JobRecord record, Instant now) {
        UsageTotal total = UsageTotal.of(record, now);
        return MLTrainUsage.builder()
                .gpuSeconds(total.gpuSeconds())
                .lostGpuSeconds(total.lostDeviceMillis() / 1000)
                .cpuSeconds(total.cpuSeconds().min(MOST).longValueExact())
                .memoryGibSeconds(
                        total.memoryByteSeconds().shiftRight(30).min(MOST).longValueExact())
                .build();
    }
}

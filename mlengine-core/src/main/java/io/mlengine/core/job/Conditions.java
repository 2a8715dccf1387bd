package io.mlengine.core.job;

import io.mlengine.core.job.Condition.Type;
import io.mlengine.spi.backend.ReplicaState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The conditions that users of Kubernetes know, made from a record for display; nothing ever reads them back. */
public final class Conditions {
    private Conditions() {}

    /**
     * Derives the conditions of a job.
     *
     * @param record the job
     * @return one of each type, in the order of the types
     */
    public static List<Condition> of(JobRecord record) {
        List<Condition> conditions = new ArrayList<>();
        for (Type type : Type.values()) {
            conditions.add(of(record, type));
        }
        return List.copyOf(conditions);
    }

    private static Condition of(JobRecord record, Type type) {
        boolean now = holds(record, type, record.phase());
        PhaseChange since = null;
        boolean before = false;
        for (PhaseChange change : record.history()) {
            boolean holds = holds(record, type, change.phase());
            if (holds != before || since == null) {
                since = change;
            }
            before = holds;
        }
        Instant when = since == null ? record.createdAt() : since.at();
        String reason = since == null || since.reason().isEmpty() ? type.text() : since.reason();
        String message = since == null ? "" : since.message();
        if (type == Type.RUNNING && now) {
            Optional<String> degraded = degraded(record);
            if (degraded.isPresent()) {
                return new Condition(type, true, "Degraded", degraded.get(), when);
            }
        }
        return new Condition(type, now, reason, message, when);
    }

    private static boolean holds(JobRecord record, Type type, Phase phase) {
        return switch (type) {
            case CREATED -> true;
            case QUEUED -> phase == Phase.QUEUED;
            case RUNNING -> phase == Phase.RUNNING || phase == Phase.RESIZING;
            case RESTARTING -> phase == Phase.RESTARTING;
            case SUSPENDED -> phase == Phase.SUSPENDED;
            case SUCCEEDED -> phase.isTerminal() && hasSucceeded(record);
            case FAILED -> phase.isTerminal() && !hasSucceeded(record);
        };
    }

    private static boolean hasSucceeded(JobRecord record) {
        return record.outcome()
                .filter(outcome -> outcome.result() == Outcome.Result.SUCCEEDED)
                .isPresent();
    }

    /** A running job with members that are not there is told apart: it runs, but not as wished. */
    private static Optional<String> degraded(JobRecord record) {
        if (record.attempt().isEmpty()) {
            return Optional.empty();
        }
        Attempt attempt = record.attempt().get();
        int members = attempt.placement().replicas().size();
        long there = attempt.placement().replicas().stream()
                .map(slot -> Optional.ofNullable(attempt.replicas().get(slot.key())))
                .flatMap(Optional::stream)
                .map(replica -> replica.current().state())
                .filter(state -> state == ReplicaState.READY || state == ReplicaState.SUCCEEDED)
                .count();
        return there == members ? Optional.empty() : Optional.of(there + " of " + members + " replicas are ready");
    }
}

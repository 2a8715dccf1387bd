package io.mlengine.backend.k8s.resource;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.JobRecord.DrainTarget;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.PhaseChange;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A job with an elastic role of two to four workers and a chief, in every phase. */
final class Jobs {
    static final Instant START = Instant.parse("2026-11-23T12:00:00.500Z");
    static final Instant NOW = START.plusSeconds(112);
    static final JobId ID = JobIds.of("1f0c3a52-0000-4000-8000-000000000000");

    private Jobs() {}

    static MLTrain train() {
        Resources resources = Resources.builder()
                .cpuMillis(8000)
                .memoryBytes(64L << 30)
                .gpus(GpuRequest.of(2))
                .build();
        return MLTrain.named("bert")
                .namespace("team-a")
                .framework("pytorch")
                .queue("research")
                .addRole(Role.named("chief").command("python", "c.py").build())
                .addRole(Role.named("worker")
                        .replicas(3)
                        .minReplicas(2)
                        .maxReplicas(4)
                        .command("python", "t.py")
                        .resources(resources)
                        .build())
                .build();
    }

    static JobRecord in(Phase phase) {
        JobRecord.Builder record = JobRecord.builder()
                .id(ID)
                .train(train())
                .user("ana")
                .sequence(1)
                .version(4)
                .phase(phase)
                .createdAt(START)
                .addHistory(new PhaseChange(Phase.CREATED, 0, START, "Submitted", ""));
        return switch (phase) {
            case CREATED -> record.build();
            case QUEUED -> entered(record, phase, 0, 1, "Accepted", "").build();
            case SUSPENDED -> entered(record, phase, 0, 1, "Suspended", "").build();
            case ADMITTED ->
                entered(record, phase, 1, 2, "Granted", "")
                        .attempt(attempt(1, ReplicaState.PENDING, ReplicaState.PENDING))
                        .build();
            case STARTING ->
                started(entered(record, phase, 1, 3, "Reserved", ""))
                        .attempt(attempt(1, ReplicaState.STARTED, ReplicaState.PREPARING))
                        .build();
            case RUNNING, RESIZING ->
                started(entered(record, phase, 1, 12, "AllReady", ""))
                        .attempt(attempt(1, ReplicaState.READY, ReplicaState.READY))
                        .build();
            case RESTARTING, SUSPENDING, STOPPING ->
                started(entered(record, phase, 1, 60, "NodeLost", "node gpu-7"))
                        .attempt(attempt(1, ReplicaState.LOST, ReplicaState.STOPPING))
                        .drainsTo(phase == Phase.STOPPING ? DrainTarget.OUTCOME : DrainTarget.QUEUED)
                        .build();
            case SUCCEEDED -> ended(record, phase, Outcome.Result.SUCCEEDED, "Completed", ReplicaState.SUCCEEDED);
            case FAILED -> ended(record, phase, Outcome.Result.FAILED, "BackoffLimitExceeded", ReplicaState.FAILED);
            case CANCELLED -> ended(record, phase, Outcome.Result.CANCELLED, "Cancelled", ReplicaState.GONE);
            case DELETING -> ended(record, phase, Outcome.Result.CANCELLED, "Deleted", ReplicaState.GONE);
        };
    }

    static Progress progress(long step) {
        return Progress.builder().step(step).total(1000).epoch(2).build();
    }

    static Attempt attempt(int number, ReplicaState chief, ReplicaState worker) {
        List<Placement.Slot> slots = new ArrayList<>();
        Map<ReplicaKey, ReplicaRecord> replicas = new TreeMap<>();
        for (int i = 0; i < 4; i++) {
            ReplicaKey key = i == 0 ? new ReplicaKey("chief", 0) : new ReplicaKey("worker", i - 1);
            ReplicaStatus status = ReplicaStatus.builder()
                    .id(new ReplicaId(new AttemptId(ID, number), key.role(), key.index(), 0))
                    .revision(3)
                    .state(i == 0 ? chief : worker)
                    .build();
            slots.add(new Placement.Slot(key, "gpu-7", List.of()));
            replicas.put(key, new ReplicaRecord(status, 0));
        }
        return Attempt.builder()
                .id(new AttemptId(ID, number))
                .placement(new Placement(slots))
                .replicas(replicas)
                .grantedAt(START.plusSeconds(2))
                .runningAt(START.plusSeconds(12))
                .build();
    }

    private static JobRecord ended(
            JobRecord.Builder record, Phase phase, Outcome.Result result, String reason, ReplicaState state) {
        Instant end = START.plusSeconds(100);
        boolean isFailure = result == Outcome.Result.FAILED;
        Optional<FailureCause> cause = Optional.of(new FailureCause(
                        FailureClass.USER,
                        "ExitCode",
                        "worker-1 ended with 1",
                        Optional.empty(),
                        Optional.of(ExitStatus.ofCode(1)),
                        List.of("secret: not for the status")))
                .filter(any -> isFailure);
        Attempt attempt = Attempt.builder()
                .from(attempt(1, state, state))
                .endedAt(end)
                .cause(cause)
                .build();
        return started(entered(record, phase, 1, 100, reason, ""))
                .attempt(attempt)
                .finishedAt(end)
                .outcome(new Outcome(result, reason, isFailure ? "worker-1 ended with 1" : "", cause, end))
                .build();
    }

    private static JobRecord.Builder started(JobRecord.Builder record) {
        return record.startedAt(START.plusSeconds(12));
    }

    private static JobRecord.Builder entered(
            JobRecord.Builder record, Phase phase, int attempt, int seconds, String reason, String message) {
        return record.addHistory(new PhaseChange(phase, attempt, START.plusSeconds(seconds), reason, message));
    }
}

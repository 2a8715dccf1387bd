package io.mlengine.cli.view;

import io.mlengine.core.api.JobView;
import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Observations;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.PhaseChange;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.job.ReplicaUse;
import io.mlengine.core.scheduling.BlockingReason;
import io.mlengine.core.scheduling.Wait;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.backend.UsageSample;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** Jobs to draw. */
final class Samples {
    static final Instant START = Instant.parse("2026-11-23T12:00:02Z");
    static final Instant NOW = START.plusSeconds(192);
    static final JobId ID = JobId.of("mlt-7f3a91");

    private Samples() {}

    static MLTrain train(int replicas) {
        return MLTrain.named("mnist-ddp")
                .framework("pytorch")
                .queue("research")
                .priority(50)
                .addRole(Role.named("worker")
                        .replicas(replicas)
                        .command("python", "train.py")
                        .resources(Resources.builder()
                                .cpuMillis(8000)
                                .memoryBytes(64_000_000_000L)
                                .gpus(GpuRequest.builder()
                                        .count(1)
                                        .model("A100-40GB")
                                        .memoryBytes(40_000_000_000L)
                                        .build())
                                .build())
                        .build())
                .build();
    }

    static JobRecord.Builder record(int replicas, Phase phase) {
        return JobRecord.builder()
                .id(ID)
                .train(train(replicas))
                .user("ana")
                .sequence(1)
                .version(4)
                .phase(phase)
                .createdAt(START)
                .addHistory(new PhaseChange(Phase.QUEUED, 0, START, "Accepted", ""));
    }

    static Attempt attempt(int number, int replicas, IntFunction<ReplicaState> state) {
        List<Placement.Slot> slots = new ArrayList<>();
        Map<ReplicaKey, ReplicaRecord> records = new TreeMap<>();
        for (int i = 0; i < replicas; i++) {
            ReplicaKey key = new ReplicaKey("worker", i);
            slots.add(new Placement.Slot(key, "gpu-07", List.of("GPU-" + (char) ('a' + i % 26) + "2a94f1e")));
            records.put(key, new ReplicaRecord(status(number, i, state.apply(i)), 0));
        }
        return Attempt.builder()
                .id(new AttemptId(ID, number))
                .placement(new Placement(slots))
                .replicas(records)
                .grantedAt(START.plusSeconds(5))
                .runningAt(START.plusSeconds(12))
                .build();
    }

    private static ReplicaStatus status(int attempt, int index, ReplicaState state) {
        ReplicaStatus.Builder status = ReplicaStatus.builder()
                .id(new ReplicaId(new AttemptId(ID, attempt), "worker", index, 0))
                .revision(3)
                .state(state)
                .startedAt(START.plusSeconds(7));
        if (state == ReplicaState.FAILED) {
            status.exit(ExitStatus.killedForMemory()).endedAt(START.plusSeconds(100));
        }
        if (state == ReplicaState.PREPARING) {
            status.message("installing torch 2.4 (412 of 780 MB)");
        }
        return status.build();
    }

    static Progress progress(long step) {
        return Progress.builder()
                .step(step)
                .total(9380)
                .epoch(6)
                .putMetric("loss", 0.1183)
                .putMetric("acc", 0.9641)
                .putMetric("img/s", 1870.4)
                .build();
    }

    static JobView running(int replicas) {
        return view(record(replicas, Phase.RUNNING)
                        .attempt(attempt(1, replicas, index -> ReplicaState.READY))
                        .startedAt(START.plusSeconds(12))
                        .build())
                .progress(progress(5640))
                .samples(samples(replicas, NOW))
                .build();
    }

    static JobView.Builder view(JobRecord record) {
        return JobView.builder().record(record).asOf(NOW);
    }

    static Map<ReplicaKey, UsageSample> samples(int replicas, Instant at) {
        Map<ReplicaKey, UsageSample> samples = new TreeMap<>();
        for (int i = 0; i < replicas; i++) {
            int busy = i == 1 ? 7 : 91;
            samples.put(
                    new ReplicaKey("worker", i),
                    new UsageSample(
                            at,
                            3100,
                            22_000_000_000L,
                            List.of(new UsageSample.Gpu("GPU-" + i, busy, 31_000_000_000L))));
        }
        return samples;
    }

    static JobView queued() {
        Wait wait = new Wait(
                List.of(new BlockingReason(
                        BlockingReason.Code.NO_ROOM_ON_ONE_NODE,
                        "gpus",
                        8,
                        6,
                        2,
                        "gpu-11",
                        List.of(JobId.of("mlt-44e1")))),
                3,
                Optional.of(NOW.plusSeconds(840)));
        return view(record(2, Phase.QUEUED).build()).waiting(wait).build();
    }

    static JobRecord succeeded() {
        Instant end = START.plusSeconds(298);
        return record(2, Phase.SUCCEEDED)
                .addHistory(new PhaseChange(Phase.ADMITTED, 1, START.plusSeconds(5), "Granted", ""))
                .attempt(ended(attempt(1, 2, index -> ReplicaState.SUCCEEDED), end))
                .startedAt(START.plusSeconds(12))
                .finishedAt(end)
                .outcome(new Outcome(Outcome.Result.SUCCEEDED, "Completed", "", Optional.empty(), end))
                .observations(observations())
                .build();
    }

    static JobRecord failed() {
        Instant end = START.plusSeconds(123);
        FailureCause cause = new FailureCause(
                FailureClass.USER,
                "ExitCode",
                "",
                Optional.of(new ReplicaId(new AttemptId(ID, 1), "worker", 1, 0)),
                Optional.of(ExitStatus.ofCode(1)),
                List.of(
                        "  File \"train.py\", line 88, in forward",
                        "\u001b[31mRuntimeError\u001b[0m: mat1 and mat2 shapes cannot be multiplied"));
        return record(2, Phase.FAILED)
                .attempt(ended(attempt(1, 2, index -> ReplicaState.FAILED), end))
                .startedAt(START.plusSeconds(12))
                .finishedAt(end)
                .outcome(new Outcome(Outcome.Result.FAILED, "ReplicaFailed", "", Optional.of(cause), end))
                .observations(observations())
                .build();
    }

    private static Attempt ended(Attempt attempt, Instant end) {
        return Attempt.builder().from(attempt).endedAt(end).build();
    }

    static Observations observations() {
        Map<ReplicaKey, ReplicaUse> use = new TreeMap<>();
        for (int i = 0; i < 2; i++) {
            ReplicaUse.Gpu gpu = new ReplicaUse.Gpu(280_000, 280_000L * 87, 20_000, 31_000_000_000L);
            use.put(
                    new ReplicaKey("worker", i),
                    new ReplicaUse(
                            280_000,
                            286_000,
                            2_000,
                            3100L * 280_000,
                            3900,
                            22_000_000_000L,
                            new TreeMap<>(Map.of("GPU-" + i, gpu))));
        }
        return new Observations(Optional.of(progress(9380)), new TreeMap<>(use));
    }

    static RunState state(JobView view) {
        UseHistory history = new UseHistory();
        for (int i = 60; i >= 0; i--) {
            Instant at = NOW.minusSeconds(i * 5L);
            history.add(JobView.builder()
                    .from(view)
                    .samples(samples(view.samples().size(), at))
                    .build());
        }
        return new RunState(
                view,
                NOW,
                history,
                Map.of("loss", 0.2, "acc", 0.9, "img/s", 1870.4),
                view.progress().isPresent() ? Optional.of(Duration.ofSeconds(130)) : Optional.empty(),
                List.of("worker-0 | epoch 6 step 5620 loss 0.1191", "worker-0 | epoch 6 step 5640 loss 0.1183"),
                List.of(
                        new RunState.Note(START.plusSeconds(181), "checkpoint 6 written (412 MB)"),
                        new RunState.Note(START.plusSeconds(12), "running"),
                        new RunState.Note(START.plusSeconds(7), "starting")),
                "^C stop the job (asks)",
                false);
    }
}

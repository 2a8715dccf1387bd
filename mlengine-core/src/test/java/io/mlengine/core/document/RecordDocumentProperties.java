package io.mlengine.core.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.Forgotten;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.Observations;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.PhaseChange;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.job.ReplicaUse;
import io.mlengine.core.job.RetryCount;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RecordDocumentProperties {
    private static final JobId ID = JobId.of("mlt-7f3a91");

    @Property
    void whatIsStoredIsReadAgain(@ForAll("records") JobRecord record) {
        assertThat(RecordDocument.read(RecordDocument.write(record))).isEqualTo(record);
        assertThat(RecordDocument.read(RecordDocument.writeIndented(record))).isEqualTo(record);
        assertThat(RecordDocument.write(record)).doesNotContain("\n");
    }

    @Property
    void aDamagedRecordIsAnErrorWithACode(@ForAll("records") JobRecord record, @ForAll int at) {
        String text = RecordDocument.write(record);
        String cut = text.substring(0, Math.floorMod(at, text.length()));
        assertThatThrownBy(() -> RecordDocument.read(cut)).isInstanceOf(MLEngineException.class);
    }

    @Example
    void aRecordOfAnotherVersionIsRefused() {
        assertThatThrownBy(() -> RecordDocument.read("{\"apiVersion\":\"mlengine.io/record-v9\"}"))
                .isInstanceOfSatisfying(
                        MLEngineException.class,
                        e -> assertThat(e.code()).isEqualTo(RecordDocument.Error.UNREADABLE_RECORD));
    }

    @Provide
    Arbitrary<JobRecord> records() {
        return Combinators.combine(
                        TrainArbitraries.trains(),
                        Arbitraries.of(Phase.values()),
                        attempts(),
                        causes(),
                        instants(),
                        texts(),
                        progress())
                .as((train, phase, attempt, cause, at, text, observations) -> {
                    JobRecord.Builder record = JobRecord.builder()
                            .id(ID)
                            .train(train)
                            .user(text)
                            .sequence(7)
                            .version(12)
                            .phase(phase)
                            .attempt(attempt)
                            .pastAttempts(List.of(attempt, attempt))
                            .retries(new RetryCount(1, 2, 3, 4))
                            .forgotten(new Forgotten(5, 6, 7, BigInteger.TEN.pow(30), BigInteger.ONE))
                            .sizes(new TreeMap<>(Map.of("worker", 3)))
                            .timers(new TreeMap<>(Map.of(JobTimer.DEADLINE, at, JobTimer.BACK_OFF, at)))
                            .history(List.of(new PhaseChange(phase, 1, at, "Granted", text)))
                            .createdAt(at)
                            .observations(observations);
                    if (phase.isTerminal()) {
                        record.finishedAt(at)
                                .startedAt(at)
                                .outcome(new Outcome(Outcome.Result.FAILED, "Why", text, Optional.of(cause), at));
                    } else if (phase == Phase.STOPPING) {
                        record.drainsTo(JobRecord.DrainTarget.OUTCOME).desired(JobRecord.Desired.CANCEL);
                    }
                    return record.build();
                });
    }

    private static Arbitrary<String> texts() {
        return TrainArbitraries.texts();
    }

    private static Arbitrary<Instant> instants() {
        return Arbitraries.longs().between(0, 4_000_000_000_000L).map(Instant::ofEpochMilli);
    }

    private static Arbitrary<ReplicaId> replicas() {
        return Combinators.combine(
                        Arbitraries.of("worker", "w-3", "w-r2", "a-1-r"),
                        Arbitraries.integers().between(0, 12),
                        Arbitraries.integers().between(0, 3))
                .as((role, index, restart) -> new ReplicaId(new AttemptId(ID, 2), role, index, restart));
    }

    private static Arbitrary<FailureCause> causes() {
        return Combinators.combine(
                        Arbitraries.of(FailureClass.values()),
                        texts(),
                        replicas(),
                        exits(),
                        texts().list().ofMaxSize(3))
                .as((kind, text, replica, exit, lines) ->
                        new FailureCause(kind, "Reason", text, Optional.of(replica), Optional.of(exit), lines));
    }

    private static Arbitrary<ExitStatus> exits() {
        return Arbitraries.of(
                ExitStatus.SUCCESS, ExitStatus.ofCode(137), ExitStatus.ofSignal(9), ExitStatus.killedForMemory());
    }

    private static Arbitrary<Attempt> attempts() {
        return Combinators.combine(
                        replicas().list().uniqueElements(ReplicaId::key).ofMaxSize(4),
                        Arbitraries.of(ReplicaState.values()),
                        exits(),
                        instants(),
                        causes(),
                        texts(),
                        Arbitraries.of(ReplicaRecord.Intent.values()),
                        Arbitraries.integers().between(0, 2))
                .as((ids, state, exit, at, cause, text, intent, starts) -> {
                    Placement placement = new Placement(ids.stream()
                            .map(id -> new Placement.Slot(id.key(), "node-1", List.of("GPU-1", "GPU-2")))
                            .toList());
                    Attempt.Builder attempt = Attempt.builder()
                            .id(new AttemptId(ID, 2))
                            .epoch(1)
                            .wave(2)
                            .placement(placement)
                            .pastPlacements(List.of(new Attempt.PastPlacement(placement, at)))
                            .reservation(new Reservation(ids.stream()
                                    .map(id -> new Reservation.Endpoint(
                                            id.key(), "127.0.0.1", new TreeMap<>(Map.of("rendezvous", 29400))))
                                    .toList()))
                            .grantedAt(at)
                            .endedAt(at)
                            .cause(cause);
                    ids.forEach(id -> {
                        ReplicaStatus status = ReplicaStatus.builder()
                                .id(id)
                                .revision(3)
                                .state(state)
                                .exit(exit)
                                .failureClass(FailureClass.USER)
                                .reason("OutOfMemory")
                                .message(text)
                                .lastLines(List.of(text, ""))
                                .codeCommit("8c2f1d0e9b7a6c5d4e3f2a1b0c9d8e7f6a5b4c3d")
                                .startedAt(at)
                                .build();
                        attempt.putReplica(
                                id.key(), new ReplicaRecord(status, 1, intent, Collections.nCopies(starts, status)));
                    });
                    return attempt.build();
                });
    }

    private static Arbitrary<Observations> progress() {
        return Arbitraries.of(0.25, -1e-300, Double.NaN, Double.POSITIVE_INFINITY, 1e22)
                .map(loss -> new Observations(
                        Optional.of(Progress.builder()
                                .step(OptionalLong.of(3))
                                .metrics(new TreeMap<>(Map.of("loss", loss)))
                                .build()),
                        new TreeMap<>(Map.of(
                                new ReplicaKey("worker-1", 0),
                                new ReplicaUse(
                                        1,
                                        2,
                                        3,
                                        4,
                                        5,
                                        6,
                                        new TreeMap<>(Map.of("GPU-1", new ReplicaUse.Gpu(1, 2, 3, 4))))))));
    }
}

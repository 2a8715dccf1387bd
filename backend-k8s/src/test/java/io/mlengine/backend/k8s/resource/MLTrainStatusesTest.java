package io.mlengine.backend.k8s.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.mlengine.build.testing.GoldenFile;
import io.mlengine.core.api.JobView;
import io.mlengine.core.job.Attempt;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.ReplicaRecord;
import io.mlengine.core.scheduling.BlockingReason;
import io.mlengine.core.scheduling.Wait;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.ReplicaKey;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MLTrainStatusesTest {
    private static final KubernetesSerialization CLIENT = new KubernetesSerialization();

    @ParameterizedTest
    @EnumSource(Phase.class)
    void everyPhaseHasAStatusThatTheClientReadsBack(Phase phase) {
        MLTrainStatus status = status(Jobs.in(phase));
        String yaml = CLIENT.asYaml(status);

        assertThat(CLIENT.unmarshal(yaml, MLTrainStatus.class)).isEqualTo(status);
        assertThat(yaml).doesNotContain("null").doesNotContain("secret");
        GoldenFile.named("status/" + phase.name().toLowerCase(Locale.ROOT) + ".yaml")
                .assertMatches(yaml);
    }

    @Test
    void aQueuedJobTellsWhyItWaits() {
        BlockingReason reason =
                new BlockingReason(BlockingReason.Code.NO_ROOM_ON_ONE_NODE, "gpus", 8, 6, 2, "gpu-11", List.of());
        Wait wait = new Wait(List.of(reason), 3, Optional.of(Jobs.NOW.plusSeconds(840)));

        MLTrainStatus status = MLTrainStatuses.of(
                JobView.builder()
                        .record(Jobs.in(Phase.QUEUED))
                        .asOf(Jobs.NOW)
                        .waiting(wait)
                        .build(),
                5);

        assertThat(status.reason()).isEqualTo("NoRoomOnOneNode");
        assertThat(status.message()).startsWith("waiting for 8 GPUs on one node");
        assertThat(status.waiting())
                .isEqualTo(MLTrainWaiting.builder()
                        .reason("NoRoomOnOneNode")
                        .message(wait.text())
                        .position(3)
                        .startsAt("2026-11-23T12:15:52Z")
                        .build());
    }

    @Test
    void aJobThatDoesNotStartTellsWhatItsFirstLateReplicaTells() {
        Attempt attempt = Jobs.attempt(1, ReplicaState.READY, ReplicaState.PREPARING);
        SortedMap<ReplicaKey, ReplicaRecord> replicas = new TreeMap<>(attempt.replicas());
        replicas.replaceAll((key, replica) -> replica.current().state() != ReplicaState.PREPARING
                ? replica
                : replica.withCurrent(ReplicaStatus.builder()
                        .from(replica.current())
                        .reason("ErrImagePull")
                        .message("container main (image work:1) cannot be started: ErrImagePull")
                        .build()));

        MLTrainStatus status = status(JobRecord.builder()
                .from(Jobs.in(Phase.STARTING))
                .attempt(Attempt.builder().from(attempt).replicas(replicas).build())
                .build());

        assertThat(status.reason()).isEqualTo("ErrImagePull");
        assertThat(status.message())
                .isEqualTo("worker-0: container main (image work:1) cannot be started: ErrImagePull");
    }

    @Test
    void progressTellsTheEndAtThePaceSoFar() {
        assertThat(progress(Jobs.in(Phase.RUNNING), Jobs.progress(400)))
                .isEqualTo(MLTrainProgress.builder()
                        .text("40%")
                        .percent(40)
                        .step(400L)
                        .total(1000L)
                        .epoch(2L)
                        .eta("2026-11-23T12:04:22Z")
                        .build());
    }

    @Test
    void aLaterAttemptHasNoPaceBecauseItGoesOnFromACheckpoint() {
        JobRecord again = JobRecord.builder()
                .from(Jobs.in(Phase.RUNNING))
                .attempt(Jobs.attempt(2, ReplicaState.READY, ReplicaState.READY))
                .build();

        assertThat(progress(again, Jobs.progress(400)).eta()).isNull();
    }

    @Test
    void progressWithoutTotalIsAStep() {
        assertThat(progress(Jobs.in(Phase.RUNNING), Progress.builder().step(7).build())
                        .text())
                .isEqualTo("step 7");
        assertThat(progress(Jobs.in(Phase.RUNNING), Jobs.progress(2000)).percent())
                .isEqualTo(100);
    }

    @Test
    void whatSomebodyElseWroteIntoTheStatusDoesNotBreakTheReader() {
        MLTrainResource object = CLIENT.unmarshal(
                "apiVersion: mlengine.io/v1\nkind: MLTrain\nstatus: {mine: 1, roles: [{}]}", MLTrainResource.class);

        assertThat(object.getStatus().roles()).hasSize(1);
        assertThat(object.getStatus().conditions()).isEmpty();
        assertThat(object.getStatus().phase()).isNull();
    }

    private static MLTrainProgress progress(JobRecord record, Progress progress) {
        MLTrainStatus status = MLTrainStatuses.of(record, Optional.of(progress), Optional.empty(), 1, Jobs.NOW);
        return Objects.requireNonNull(status.progress());
    }

    private static MLTrainStatus status(JobRecord record) {
        return MLTrainStatuses.of(record, Optional.empty(), Optional.empty(), 3, Jobs.NOW);
    }
}

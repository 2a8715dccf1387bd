package io.mlengine.backend.k8s.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.core.document.RecordDocument;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.lifecycle.JobEvent;
import io.mlengine.core.lifecycle.JobStateMachine;
import io.mlengine.spi.model.Role;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TrainEntryTest {
    private static final String UID = "0b6c8b2e-3a63-4a7e-9d0f-6f1d5a1c2b3d";
    private static final MLTrain TRAIN = MLTrain.named("digits")
            .namespace("team-a")
            .framework("command")
            .addRole(Role.named("worker").command("true").build())
            .build();

    private static MLTrainResource object(@Nullable MLTrainStatus status) {
        MLTrainResource resource = MLTrainDocuments.resource(TRAIN);
        resource.getMetadata().setUid(UID);
        resource.getMetadata().setResourceVersion("12");
        resource.setStatus(status);
        return resource;
    }

    private static long recordVersion(@Nullable MLTrainStatus status) {
        MLTrainResource resource = object(status);
        return new TrainEntry(resource, SpecWishes.of(resource)).recordVersion();
    }

    private static JobRecord record() {
        JobRecord created = JobStateMachine.submitted(JobIds.of(UID), TRAIN, "ada", 1, Instant.EPOCH);
        return JobStateMachine.apply(created, new JobEvent.Accept(), Instant.EPOCH)
                .record();
    }

    @Test
    void anObjectWithoutARecordHasVersionZero() {
        assertThat(recordVersion(null)).isZero();
        assertThat(recordVersion(MLTrainStatus.builder().phase("Rejected").build()))
                .isZero();
    }

    @Test
    void aClusterWhoseDefinitionHasNoFieldForTheVersionKeepsItInTheRecord() {
        JobRecord record = record();
        MLTrainStatus pruned =
                MLTrainStatus.builder().record(RecordDocument.write(record)).build();

        assertThat(record.version()).isPositive();
        assertThat(recordVersion(pruned)).isEqualTo(record.version());
    }
}

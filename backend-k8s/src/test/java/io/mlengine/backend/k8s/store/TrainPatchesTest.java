package io.mlengine.backend.k8s.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.core.job.JobRecord.Desired;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TrainPatchesTest {
    private static final String UID = "8f3a3ab6-93de-4bd1-a0b0-64d3b0ae1f27";
    private static final String SAME_OBJECT = "{\"op\":\"test\",\"path\":\"/metadata/uid\",\"value\":\"" + UID + "\"}";

    private static TrainEntry entry(@Nullable MLTrainStatus status, String... finalizers) {
        MLTrainResource resource = new MLTrainResource();
        resource.setMetadata(new ObjectMetaBuilder()
                .withName("digits")
                .withNamespace("team")
                .withUid(UID)
                .withResourceVersion("7")
                .withFinalizers(finalizers)
                .build());
        resource.setStatus(status);
        return new TrainEntry(resource, new SpecWishes(Desired.RUN, new TreeMap<>()));
    }

    private static String status(TrainEntry entry, long expected) {
        return TrainPatches.status(entry, JsonNodeFactory.instance.objectNode().put("phase", "Queued"), expected)
                .toString();
    }

    @Test
    void aStatusReplacesTheExpectedRecordOnly() {
        MLTrainStatus known = MLTrainStatus.builder().recordVersion(4L).build();

        assertThat(status(entry(known), 4))
                .isEqualTo("[" + SAME_OBJECT + ",{\"op\":\"test\",\"path\":\"/status/recordVersion\",\"value\":4},"
                        + "{\"op\":\"add\",\"path\":\"/status\",\"value\":{\"phase\":\"Queued\"}}]");
    }

    @Test
    void theFirstRecordReplacesNoOther() {
        assertThat(status(entry(null), 0)).contains("{\"op\":\"test\",\"path\":\"/status\",\"value\":null}");
        assertThat(status(entry(MLTrainStatus.builder().phase("Rejected").build()), 0))
                .contains("{\"op\":\"test\",\"path\":\"/status/recordVersion\",\"value\":null}");
    }

    @Test
    void finalizersReplaceThoseThatWereSeen() {
        assertThat(TrainPatches.finalizers(entry(null, "theirs"), List.of("theirs", "ours"))
                        .toString())
                .isEqualTo("[" + SAME_OBJECT
                        + ",{\"op\":\"test\",\"path\":\"/metadata/finalizers\",\"value\":[\"theirs\"]},"
                        + "{\"op\":\"add\",\"path\":\"/metadata/finalizers\",\"value\":[\"theirs\",\"ours\"]}]");
        assertThat(TrainPatches.finalizers(entry(null), List.of("ours")).toString())
                .contains("{\"op\":\"test\",\"path\":\"/metadata/finalizers\",\"value\":null}");
    }
}

package io.mlengine.backend.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RehearsalTest {
    private static final KubernetesSerialization JSON = new KubernetesSerialization();

    /** A rehearsal that fails is only logged, so that it works is seen here. */
    @Test
    void itMakesAndReadsAllThatTheStartOfAJobWrites() {
        List<HasMetadata> objects =
                new Rehearsal(JSON, PodConfig.DEFAULT, Instant.parse("2026-01-01T00:00:00Z")).objects();

        assertThat(objects).extracting(HasMetadata::getKind).containsExactly("MLTrain", "Service", "Secret", "Pod");
        assertThat(objects)
                .allSatisfy(object -> assertThat(JSON.unmarshal(JSON.asJson(object), object.getClass()))
                        .extracting(read -> ((HasMetadata) read).getMetadata())
                        .isEqualTo(object.getMetadata()));
        assertThat(objects)
                .first()
                .isInstanceOfSatisfying(
                        MLTrainResource.class,
                        train -> assertThat(train.getStatus().phase()).isEqualTo("Starting"));
    }
}

package io.mlengine.backend.k8s.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.mlengine.core.api.QueueView;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.queue.QueueFigures;
import io.mlengine.core.queue.QueueLoad;
import java.util.List;
import org.junit.jupiter.api.Test;

class MLQueuesTest {
    private static final KubernetesSerialization CLIENT = new KubernetesSerialization();

    @Test
    void aQueueBecomesAnObjectAndComesBack() {
        QueueConfig queue = QueueConfig.named("research")
                .parent("all")
                .gpus(8)
                .cpuMillis(64_500)
                .memoryBytes(512L << 30)
                .jobs(20)
                .maxPriority(100)
                .stopped(true)
                .build();

        String json = CLIENT.asJson(MLQueues.resource(queue));

        assertThat(json).contains("\"cpu\":\"64500m\"", "\"memory\":\"512Gi\"").doesNotContain("status");
        assertThat(MLQueues.config(CLIENT.unmarshal(json, MLQueueResource.class)))
                .isEqualTo(queue);
    }

    @Test
    void whatIsAbsentLimitsNothing() {
        MLQueueResource object = queue("spec: {}");

        assertThat(MLQueues.config(object)).isEqualTo(QueueConfig.named("q").build());
        assertThat(MLQueues.config(queue(""))).isEqualTo(QueueConfig.named("q").build());
    }

    @Test
    void amountsAreReadAsInADocumentAndAsInKubernetes() {
        assertThat(MLQueues.config(queue("spec: {cpu: 4, memory: 2TiB}")))
                .isEqualTo(QueueConfig.named("q")
                        .cpuMillis(4000)
                        .memoryBytes(2L << 40)
                        .build());
        assertThat(MLQueues.config(queue("spec: {cpu: '0.5', memory: 1.5Gi}")))
                .isEqualTo(QueueConfig.named("q")
                        .cpuMillis(500)
                        .memoryBytes(3L << 29)
                        .build());
        assertThat(MLQueues.config(queue("spec: {cpu: 250m, memory: 16GB}")))
                .isEqualTo(QueueConfig.named("q")
                        .cpuMillis(250)
                        .memoryBytes(16_000_000_000L)
                        .build());
        assertThatThrownBy(() -> MLQueues.config(queue("spec: {memory: lots}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lots");
    }

    @Test
    void theStatusTellsWhatIsHeld() {
        MLQueueStatus status =
                MLQueues.status(new QueueView(QueueConfig.named("q").build(), 3, 2, 16, 1500, 64L << 30), 7);

        assertThat(CLIENT.asJson(status))
                .isEqualTo("{\"observedGeneration\":7,\"running\":2,\"waiting\":3,\"gpus\":16,\"cpu\":\"1500m\","
                        + "\"memory\":\"64Gi\"}");
    }

    @Test
    void aQueueThatCannotBeReadIsNoQueueAndHasNoStatus() {
        MLQueueResource good = queue("spec: {gpus: 4}");
        MLQueueResource bad = queue("spec: {memory: lots}");
        QueueFigures figures = new QueueFigures(1, QueueLoad.ONE_JOB);

        assertThat(MLQueues.status(good, figures)).hasValueSatisfying(status -> {
            assertThat(status.running()).isEqualTo(1);
            assertThat(status.waiting()).isEqualTo(1);
            assertThat(status.gpus()).isZero();
        });
        assertThat(MLQueues.status(bad, figures)).isEmpty();
        assertThat(MLQueues.tree(List.of(bad)).path("q")).isEmpty();
        assertThat(MLQueues.tree(List.of(good)).path("q")).containsExactly(MLQueues.config(good));
    }

    private static MLQueueResource queue(String spec) {
        return CLIENT.unmarshal(
                "apiVersion: mlengine.io/v1\nkind: MLQueue\nmetadata: {name: q}\n" + spec, MLQueueResource.class);
    }
}

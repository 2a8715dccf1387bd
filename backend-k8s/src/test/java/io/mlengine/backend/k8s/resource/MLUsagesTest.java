package io.mlengine.backend.k8s.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.mlengine.core.metering.AttemptUsage;
import org.junit.jupiter.api.Test;

class MLUsagesTest {
    private static final KubernetesSerialization CLIENT = new KubernetesSerialization();

    @Test
    void usageBecomesAnObjectAndComesBackWithoutLoss() {
        AttemptUsage usage = Usages.ofBert("team-a");

        MLUsageResource object = MLUsages.resource(usage);
        MLUsageResource stored = CLIENT.unmarshal(CLIENT.asJson(object), MLUsageResource.class);

        assertThat(MLUsages.records(stored)).isEqualTo(usage.records());
        assertThat(MLUsages.isOf(stored, usage.attempt())).isTrue();
        assertThat(stored.getMetadata().getOwnerReferences())
                .as("usage outlives its job")
                .isEmpty();
        assertThat(stored.getMetadata().getName()).isEqualTo("bert-1f0c3a52-0000-a2");
        assertThat(stored.getMetadata().getLabels())
                .containsEntry(Labels.JOB_UID, "1f0c3a52-0000-4000-8000-000000000000");
        assertThat(stored.getSpec().deviceModels()).isEqualTo("A100,cpu");
        assertThat(stored.getSpec().gpuSeconds()).isEqualTo(43);
        assertThat(stored.getSpec().until()).isEqualTo("2026-11-23T12:00:11.750Z");
        assertThat(stored.getSpec().worth()).isEqualTo("Lost");
    }

    @Test
    void anObjectOfSomebodyElseIsRefused() {
        MLUsageResource object = CLIENT.unmarshal(
                "apiVersion: mlengine.io/v1\nkind: MLUsage\nmetadata: {name: x}\nspec: {attempt: 1}",
                MLUsageResource.class);

        assertThat(MLUsages.isOf(object, Usages.ofBert("team-a").attempt())).isFalse();
        assertThatThrownBy(() -> MLUsages.records(object)).isInstanceOf(IllegalArgumentException.class);
    }
}

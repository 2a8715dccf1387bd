package io.mlengine.backend.k8s.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.ReplicaId;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ReplicaIdsProperties {
    @Property
    void aPodsLabelsSayWhichReplicaItIs(
            @ForAll @IntRange(min = 1, max = 2000) int attempt,
            @ForAll @IntRange(max = 100_000) int index,
            @ForAll @IntRange(max = 1000) int restart) {
        ReplicaId id = new ReplicaId(new AttemptId(JobIds.of(SampleJobs.UID), attempt), "worker", index, restart);
        assertThat(ReplicaIds.of(pod(ReplicaIds.labels(SampleJobs.owner("bert"), id))))
                .contains(id);
    }

    @Example
    void podsThatAreNotOursAreNobody() {
        Map<String, String> labels = ReplicaIds.labels(SampleJobs.owner("bert"), SamplePods.ID);
        assertThat(ReplicaIds.of(
                        new PodBuilder().withNewMetadata().endMetadata().build()))
                .isEmpty();
        for (String label : labels.keySet()) {
            Map<String, String> fewer = new TreeMap<>(labels);
            fewer.remove(label);
            assertThat(ReplicaIds.of(pod(fewer)).isPresent()).as(label).isEqualTo(label.equals(Labels.JOB_NAME));
            Map<String, String> spoiled = new TreeMap<>(labels);
            spoiled.put(label, "-1");
            assertThat(ReplicaIds.of(pod(spoiled)).isPresent())
                    .as(label)
                    .isEqualTo(
                            label.equals(Labels.JOB_NAME) || label.equals(Labels.ROLE) || label.equals(Labels.JOB_UID));
        }
    }

    private static Pod pod(Map<String, String> labels) {
        return new PodBuilder()
                .withNewMetadata()
                .withLabels(labels)
                .endMetadata()
                .build();
    }
}

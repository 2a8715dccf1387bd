package io.mlengine.backend.k8s.webhook;

import static io.mlengine.backend.k8s.webhook.Samples.train;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Violation;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpecChangesTest {
    @Test
    void theSameInOtherWordsIsNoChange() {
        ObjectNode other = train("replicas: 2,", "resources: {cpu: 500m}, replicas: 2,");
        ObjectNode wordy = train("replicas: 2,", "resources: {cpu: 0.5, memory: 0GiB}, replicas: 2,");
        wordy.withObject("/spec").put("priority", 0);

        assertThat(changes(other, wordy)).isEmpty();
    }

    @Test
    void valuesOfVariablesAndCommandsAreNotRepeated() {
        List<Violation> changes = changes(
                train("replicas: 2,", "env: {TOKEN: hunter1}, replicas: 2,"),
                train("replicas: 2,", "env: {TOKEN: hunter2}, args: [--key=hunter3], replicas: 2,"));

        assertThat(changes)
                .extracting(Violation::path)
                .anyMatch(path -> path.startsWith("spec.roles[1].env"))
                .contains("spec.roles[1].args");
        assertThat(changes.toString()).doesNotContain("hunter");
    }

    @Test
    void aRoleMoreOrLessIsToldAsTheList() {
        assertThat(changes(
                        train(), train("- {name: chief, image: \"registry/bert:1\", command: [python, c.py]}\n", "")))
                .extracting(Violation::path)
                .containsExactly("spec.roles");
    }

    @Test
    void theSizeOfARigidRoleIsFixed() {
        assertThat(changes(train(), train("{name: chief,", "{name: chief, replicas: 3,")))
                .containsExactly(new Violation(
                        "spec.roles[0].replicas",
                        "ML-433",
                        "cannot be changed",
                        "3",
                        "was at its default, now `3`; a job is fixed once it is accepted, make another one"));
    }

    @Test
    void boundsOfAnElasticRoleAreFixed() {
        assertThat(changes(train(), train("maxReplicas: 4", "maxReplicas: 8")))
                .extracting(Violation::path)
                .containsExactly("spec.roles[1].maxReplicas");
    }

    @Test
    void suspendAtTheSubmitNamesTheOtherWay() {
        ObjectNode after = train();
        after.withObject("/spec/runPolicy").put("suspend", true);

        assertThat(changes(train(), after))
                .extracting(Violation::advice)
                .containsExactly(
                        "was at its default, now `true`; it counts at the submit only, later use `spec.desired`: Run or Suspend");
    }

    private static List<Violation> changes(ObjectNode before, ObjectNode after) {
        return SpecChanges.of(job(before), job(after));
    }

    private static MLTrain job(ObjectNode object) {
        return TrainObject.of(object).orElseThrow().train().orElseThrow();
    }
}

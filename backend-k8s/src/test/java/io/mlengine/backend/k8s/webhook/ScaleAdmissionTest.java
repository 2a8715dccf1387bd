package io.mlengine.backend.k8s.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScaleAdmissionTest {
    private static final String RIGID = "replicas: 2, minReplicas: 1, maxReplicas: 4,";

    private static Verdict scaled(JsonNode train, int replicas) {
        return new ScaleAdmission(
                        Samples.RULES,
                        (namespace, name) ->
                                Optional.of(train).filter(found -> (namespace + "/" + name).equals("team-a/bert")))
                .admit(question("bert", replicas));
    }

    private static Review question(String name, int replicas) {
        ObjectNode scale = Samples.yaml("""
                apiVersion: autoscaling/v1
                kind: Scale
                metadata: {name: bert, namespace: team-a}
                spec: {replicas: %d}
                """.formatted(replicas));
        return Review.builder()
                .uid("1")
                .operation(Review.Operation.UPDATE)
                .kind("Scale")
                .name(name)
                .namespace("team-a")
                .subResource("scale")
                .user(Samples.ANN)
                .object(scale)
                .build();
    }

    @Test
    void sizesWithinTheBoundsPass() {
        assertThat(scaled(Samples.train(), 1)).isEqualTo(Verdict.ALLOWED);
        assertThat(scaled(Samples.train(), 4)).isEqualTo(Verdict.ALLOWED);
    }

    @Test
    void theTextIsThatOfTheField() {
        ObjectNode written = Samples.train();
        written.withObject("/spec").put("replicas", 9);
        Verdict ofField = new TrainAdmission(Samples.RULES, (user, namespace, queue) -> true, List::of)
                .admit(Samples.update(Samples.train(), written));

        assertThat(scaled(Samples.train(), 9)).isEqualTo(ofField);
        assertThat(ofField.refusal().orElseThrow().message())
                .contains("spec.replicas", "`9`", "role worker has from 1 to 4 replicas", "nothing was changed");
    }

    @Test
    void aJobWithoutAnElasticRoleHasNoScale() {
        Verdict verdict = scaled(Samples.train(RIGID, "replicas: 2,"), 3);

        assertThat(verdict.refusal().orElseThrow().message())
                .contains("spec.replicas", "`replicas` sets the size of the only elastic role");
    }

    @Test
    void whoIsGoneIsLeftToTheServer() {
        assertThat(new ScaleAdmission(Samples.RULES, (namespace, name) -> Optional.empty()).admit(question("gone", 9)))
                .isEqualTo(Verdict.ALLOWED);
    }

    @Test
    void withoutAnAnswerOfTheServerNothingIsDecided() {
        ScaleAdmission blind = new ScaleAdmission(Samples.RULES, (namespace, name) -> {
            throw new IllegalStateException("no API server");
        });

        assertThatThrownBy(() -> blind.admit(question("bert", 2))).isInstanceOf(IllegalStateException.class);
    }
}

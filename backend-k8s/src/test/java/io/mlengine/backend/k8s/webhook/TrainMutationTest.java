package io.mlengine.backend.k8s.webhook;

import static io.mlengine.backend.k8s.webhook.Samples.create;
import static io.mlengine.backend.k8s.webhook.Samples.patched;
import static io.mlengine.backend.k8s.webhook.Samples.train;
import static io.mlengine.backend.k8s.webhook.Samples.update;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class TrainMutationTest {
    private final TrainMutation mutation = new TrainMutation(Samples.RULES);

    @Test
    void aNewJobGetsItsSubmitterOurFinalizerAndTheDefaultQueueAndNothingElse() {
        ObjectNode object = train(", annotations: {mlengine.io/user: ann}", "");
        object.withObject("/spec").remove("queue");

        JsonNode complete = patched(object, mutation.admit(create(object)));

        ObjectNode expected = object.deepCopy();
        expected.withObject("/metadata/annotations").put("mlengine.io/user", "ann");
        expected.withArray("/metadata/finalizers").add("mlengine.io/cleanup");
        expected.withObject("/spec").put("queue", "default");
        assertThat(complete).isEqualTo(expected);
    }

    @Test
    void aForgedSubmitterIsReplaced() {
        ObjectNode object = train("user: ann", "user: bob");

        assertThat(patched(object, mutation.admit(create(object))).at("/metadata/annotations/mlengine.io~1user"))
                .hasToString("\"ann\"");
    }

    @Test
    void onceMoreChangesNothing() {
        JsonNode once = patched(train(), mutation.admit(create(train())));

        assertThat(mutation.admit(create(once)).patch()).isEmpty();
    }

    @Test
    void anInvalidJobIsRefusedBeforeTheSchemaSpeaks() {
        Verdict verdict = mutation.admit(create(train("replicas: 2,", "replicas: two,")));

        assertThat(verdict.refusal().orElseThrow().message()).contains("ML-420 wrong type", "expected a whole number");
    }

    @Test
    void whatHasNotTheFormOfAJobIsLeftToTheSchema() {
        ObjectNode object = train();
        object.put("spec", "nothing");

        assertThat(mutation.admit(create(object))).isEqualTo(Verdict.ALLOWED);
    }

    @Test
    void aReplacedObjectKeepsItsSubmitter() {
        ObjectNode without = train("{mlengine.io/user: ann}", "{}");

        assertThat(patched(without, mutation.admit(update(train(), without)))).isEqualTo(train());
        assertThat(mutation.admit(update(train(), train())).patch()).isEmpty();
    }

    @Test
    void aFinalizerThatTheEngineRemovedStaysRemoved() {
        ObjectNode before = train();
        before.withArray("/metadata/finalizers").add("mlengine.io/cleanup");

        assertThat(mutation.admit(update(before, train()))).isEqualTo(Verdict.ALLOWED);
    }
}

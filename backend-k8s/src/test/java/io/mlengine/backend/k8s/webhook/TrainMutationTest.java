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
    void aNewJobGetsItsSubmitterOurFinalizerTheDefaultQueueItsSizeAndNothingElse() {
        ObjectNode object = train(", annotations: {mlengine.io/user: ann}", "");
        object.withObject("/spec").remove("queue");

        JsonNode complete = patched(object, mutation.admit(create(object)));

        ObjectNode expected = object.deepCopy();
        expected.withObject("/metadata/annotations").put("mlengine.io/user", "ann");
        expected.withArray("/metadata/finalizers").add("mlengine.io/cleanup");
        expected.withObject("/spec").put("queue", "default").put("replicas", 2);
        assertThat(complete).isEqualTo(expected);
    }

    @Test
    void onlyTheSizeOfOneElasticRoleIsTold() {
        JsonNode rigid = train("minReplicas: 1, maxReplicas: 4,", "");
        JsonNode both = train("{name: chief,", "{name: chief, minReplicas: 1,");
        JsonNode wished = train("queue: research", "queue: research\n  replicas: 3");

        assertThat(patched(rigid, mutation.admit(create(rigid)))
                        .at("/spec/replicas")
                        .isMissingNode())
                .isTrue();
        assertThat(patched(both, mutation.admit(create(both)))
                        .at("/spec/replicas")
                        .isMissingNode())
                .isTrue();
        assertThat(patched(wished, mutation.admit(create(wished))).at("/spec/replicas"))
                .hasToString("3");
    }

    @Test
    void theSizeFollowsTheRoleUntilSomebodyScales() {
        ObjectNode before = sized(train(), 2);

        assertThat(size(before, sized(train("replicas: 2,", "replicas: 4,"), 2)))
                .isEqualTo(4);
        assertThat(size(before, sized(train("replicas: 2,", "replicas: 4,"), 3)))
                .isEqualTo(3);
        assertThat(size(before, sized(train(), 3))).isEqualTo(3);
        assertThat(size(sized(train(), 3), sized(train(), 3))).isEqualTo(3);
        assertThat(size(sized(train(), 3), train())).isEqualTo(2);
    }

    @Test
    void aJobThatIsOlderThanItsSizeIsNotTouched() {
        assertThat(mutation.admit(update(train(), train("replicas: 2,", "replicas: 4,")))
                        .patch())
                .isEmpty();
    }

    private static ObjectNode sized(ObjectNode train, int replicas) {
        train.withObject("/spec").put("replicas", replicas);
        return train;
    }

    private int size(ObjectNode before, ObjectNode after) {
        return patched(after, mutation.admit(update(before, after)))
                .at("/spec/replicas")
                .asInt();
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

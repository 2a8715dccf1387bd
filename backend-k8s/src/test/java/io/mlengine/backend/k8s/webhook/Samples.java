package io.mlengine.backend.k8s.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.zjsonpatch.JsonPatch;
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.backend.k8s.pod.PodManifests;
import io.mlengine.core.admission.Admission;
import io.mlengine.core.admission.Frameworks;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Violation;
import io.mlengine.testkit.sim.PlainLauncher;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Objects, questions and rules that several tests share. */
final class Samples {
    static final Requester ANN = new Requester("ann", "u-1", List.of("team-a", "system:authenticated"), Map.of());

    static final Function<MLTrain, List<Violation>> ENGINE =
            new Admission(Frameworks.of(List.of(new PlainLauncher())))::check;

    static final TrainRules RULES = new TrainRules(
            ENGINE,
            new KubernetesRules(new PodManifests(
                    PodConfig.builder().gitSyncImage("git-sync:v4").build())));

    static final String TRAIN = """
            apiVersion: mlengine.io/v1
            kind: MLTrain
            metadata: {name: bert, namespace: team-a, annotations: {mlengine.io/user: ann}}
            spec:
              framework: plain
              queue: research
              roles:
              - {name: chief, image: "registry/bert:1", command: [python, c.py]}
              - {name: worker, image: "registry/bert:1", replicas: 2, minReplicas: 1, maxReplicas: 4, command: [python, t.py]}
            """;

    private Samples() {}

    static ObjectNode yaml(String text) {
        // What begins with a brace would be taken for JSON.
        return Serialization.unmarshal("---\n" + text, ObjectNode.class);
    }

    /** The sample with a piece of its text replaced. */
    static ObjectNode train(String piece, String by) {
        if (!TRAIN.contains(piece)) {
            throw new IllegalArgumentException("no such piece: " + piece);
        }
        return yaml(TRAIN.replace(piece, by));
    }

    static ObjectNode train() {
        return yaml(TRAIN);
    }

    static Review create(JsonNode object) {
        return review(Review.Operation.CREATE, object).build();
    }

    static Review update(JsonNode before, JsonNode after) {
        return review(Review.Operation.UPDATE, after).oldObject(before).build();
    }

    private static Review.Builder review(Review.Operation operation, JsonNode object) {
        return Review.builder()
                .uid("1")
                .operation(operation)
                .kind(object.path("kind").asText("Pod"))
                .namespace(object.at("/metadata/namespace").asText())
                .user(ANN)
                .object(object);
    }

    static JsonNode patched(JsonNode object, Verdict verdict) {
        return JsonPatch.apply(verdict.patch(), object);
    }
}

package io.mlengine.core.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.NodeRequirement;
import io.mlengine.spi.model.PodOptions;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Taint;
import io.mlengine.spi.model.Toleration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How nodes and pods of a role are written. */
class RoleFieldsTest {
    private static final String START = """
            apiVersion: mlengine.io/v1
            kind: MLTrain
            metadata: {name: mnist}
            spec:
              framework: pytorch
              roles:
                - name: worker
                  command: [python, train.py]
            """;

    private static DocumentResult read(String rest) {
        return TrainDocument.parse("a.yaml", START + rest.indent(6)).read();
    }

    private static Role role(String rest) {
        DocumentResult result = read(rest);
        assertThat(result.violations()).isEmpty();
        return result.train().orElseThrow().roles().get(0);
    }

    private static List<String> problems(String rest) {
        return read(rest).violations().stream()
                .map(placed ->
                        placed.violation().code() + " " + placed.violation().path())
                .toList();
    }

    @Test
    void nodesAreChosenInTheWordsOfKubernetes() {
        Role role = role("""
                nodes:
                  selector: {pool: a100}
                  tolerations:
                    - {key: gpu, value: "true", effect: NoSchedule}
                    - {operator: Exists}
                  anyOf:
                    - [{key: zone, operator: In, values: [a, b]}, {key: gpus, operator: Gt, values: ["3"]}]
                    - [{key: spare, operator: DoesNotExist}]
                """);
        assertThat(role.nodes())
                .isEqualTo(NodeConstraints.builder()
                        .selector("pool", "a100")
                        .addTolerations(
                                new Toleration(
                                        "gpu",
                                        Toleration.Operator.EQUAL,
                                        "true",
                                        Optional.of(Taint.Effect.NO_SCHEDULE)),
                                new Toleration("", Toleration.Operator.EXISTS, "", Optional.empty()))
                        .addAnyOf(List.of(
                                new NodeRequirement("zone", NodeRequirement.Operator.IN, List.of("a", "b")),
                                new NodeRequirement("gpus", NodeRequirement.Operator.GREATER, List.of("3"))))
                        .addAnyOf(List.of(
                                new NodeRequirement("spare", NodeRequirement.Operator.DOES_NOT_EXIST, List.of())))
                        .build());
    }

    @Test
    void podsCarryWhatTheDocumentSays() {
        Role role = role("""
                pod:
                  labels: {team: vision}
                  annotations: {example.org/note: "yes"}
                  serviceAccount: trainer
                  imagePullSecrets: [registry]
                  imagePullPolicy: IfNotPresent
                  sharedMemory: 8GiB
                  runAsUser: 1000
                  runAsGroup: 100
                  fsGroup: 100
                  runAsNonRoot: true
                  priorityClass: high
                """);
        assertThat(role.pod())
                .isEqualTo(PodOptions.builder()
                        .putLabel("team", "vision")
                        .putAnnotation("example.org/note", "yes")
                        .serviceAccount("trainer")
                        .addImagePullSecret("registry")
                        .imagePullPolicy(PodOptions.PullPolicy.IF_NOT_PRESENT)
                        .sharedMemoryBytes(8L << 30)
                        .runAsUser(1000)
                        .runAsGroup(100)
                        .fsGroup(100)
                        .runAsNonRoot(true)
                        .priorityClass("high")
                        .build());
    }

    @Test
    void otherSpellingsAreErrors() {
        assertThat(problems("nodes: {tolerations: [{key: gpu, effect: noSchedule}]}"))
                .containsExactly("ML-422 spec.roles[0].nodes.tolerations[0].effect");
        assertThat(problems("nodes: {anyOf: [[{key: gpus, operator: Gt, values: [3]}]]}"))
                .containsExactly("ML-420 spec.roles[0].nodes.anyOf[0][0].values[0]");
        assertThat(problems("nodes: {anyOf: [{key: gpus, operator: Exists}]}"))
                .containsExactly("ML-420 spec.roles[0].nodes.anyOf[0]");
        assertThat(problems("pod: {sharedMemory: 8}")).containsExactly("ML-421 spec.roles[0].pod.sharedMemory");
    }

    @Test
    void fieldsOfNodesAndPodsCanBeSet() {
        MLTrain train = TrainDocument.parse("a.yaml", START)
                .set("roles.worker.nodes.selector[\"example.org/pool\"]=a100")
                .set("roles.worker.nodes.tolerations=[{operator: Exists}]")
                .set("roles.worker.nodes.tolerations[0].key=gpu")
                .set("roles.worker.pod.sharedMemory=1GiB")
                .set("environment.volumeClaim=results")
                .read()
                .train()
                .orElseThrow();
        Role role = train.roles().get(0);
        assertThat(role.nodes())
                .isEqualTo(NodeConstraints.builder()
                        .selector("example.org/pool", "a100")
                        .addToleration(new Toleration("gpu", Toleration.Operator.EXISTS, "", Optional.empty()))
                        .build());
        assertThat(role.pod().sharedMemoryBytes()).hasValue(1L << 30);
        assertThat(train.environment().volumeClaim()).contains("results");
    }
}

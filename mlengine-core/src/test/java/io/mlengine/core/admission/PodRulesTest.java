package io.mlengine.core.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.document.FakeLauncher;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.JobEnvironment;
import io.mlengine.spi.model.NodeConstraints;
import io.mlengine.spi.model.NodeRequirement;
import io.mlengine.spi.model.NodeRequirement.Operator;
import io.mlengine.spi.model.PodOptions;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Toleration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What admission demands of the nodes and pods of a role. */
class PodRulesTest {
    private static List<String> problems(Role.Builder role, JobEnvironment environment) {
        MLTrain train = MLTrain.named("mnist")
                .framework("pytorch")
                .addRole(role.command("python").build())
                .environment(environment)
                .build();
        return FakeLauncher.ADMISSION.check(train).stream()
                .map(violation -> violation.code() + " " + violation.path().replace("spec.roles[0].", ""))
                .toList();
    }

    private static List<String> problems(NodeConstraints.Builder nodes) {
        return problems(Role.named("worker").nodes(nodes.build()), JobEnvironment.NONE);
    }

    private static List<String> problems(PodOptions.Builder pod) {
        return problems(Role.named("worker").pod(pod.build()), JobEnvironment.NONE);
    }

    private static NodeConstraints.Builder requirement(Operator operator, String... values) {
        return NodeConstraints.builder().addAnyOf(List.of(new NodeRequirement("zone", operator, List.of(values))));
    }

    private static NodeConstraints.Builder toleration(String key, Toleration.Operator operator, String value) {
        return NodeConstraints.builder().addToleration(new Toleration(key, operator, value, Optional.empty()));
    }

    @Test
    void selectorsAreLabels() {
        assertThat(problems(NodeConstraints.builder().selector("example.org/pool", "a100")))
                .isEmpty();
        assertThat(problems(NodeConstraints.builder().selector("a b", "x")))
                .containsExactly("ML-440 nodes.selector[\"a b\"]");
        assertThat(problems(NodeConstraints.builder().selector("pool", "x y")))
                .containsExactly("ML-440 nodes.selector.pool");
    }

    @Test
    void tolerationsHaveAKeyOrAcceptEverything() {
        assertThat(problems(toleration("gpu", Toleration.Operator.EQUAL, "true")))
                .isEmpty();
        assertThat(problems(toleration("", Toleration.Operator.EXISTS, ""))).isEmpty();
        assertThat(problems(toleration("", Toleration.Operator.EQUAL, "true")))
                .containsExactly("ML-431 nodes.tolerations[0].operator");
        assertThat(problems(toleration("gpu", Toleration.Operator.EXISTS, "true")))
                .containsExactly("ML-431 nodes.tolerations[0].value");
        assertThat(problems(toleration("g p", Toleration.Operator.EQUAL, "a b")))
                .containsExactly("ML-440 nodes.tolerations[0].key", "ML-440 nodes.tolerations[0].value");
    }

    @Test
    void operatorsHaveTheValuesThatTheyNeed() {
        assertThat(problems(requirement(Operator.IN, "a", "b"))).isEmpty();
        assertThat(problems(requirement(Operator.LESS, "-4"))).isEmpty();
        assertThat(problems(requirement(Operator.EXISTS))).isEmpty();
        String values = "ML-431 nodes.anyOf[0][0].values";
        assertThat(problems(requirement(Operator.NOT_IN))).containsExactly(values);
        assertThat(problems(requirement(Operator.DOES_NOT_EXIST, "a"))).containsExactly(values);
        assertThat(problems(requirement(Operator.GREATER, "4", "5"))).containsExactly(values);
        assertThat(problems(requirement(Operator.GREATER, "four"))).containsExactly(values);
        assertThat(problems(requirement(Operator.IN, "a b"))).containsExactly("ML-440 nodes.anyOf[0][0].values[0]");
        assertThat(problems(NodeConstraints.builder().addAnyOf(List.of()))).containsExactly("ML-431 nodes.anyOf[0]");
    }

    @Test
    void thereAreNotTooManyConstraints() {
        List<NodeRequirement> many = Collections.nCopies(101, new NodeRequirement("a", Operator.EXISTS, List.of()));
        assertThat(problems(NodeConstraints.builder().addAnyOf(many))).containsExactly("ML-430 nodes.anyOf");
    }

    @Test
    void theEnginesOwnLabelsAreNotForUsers() {
        assertThat(problems(PodOptions.builder().putLabel("example.org/team", "a")))
                .isEmpty();
        assertThat(problems(PodOptions.builder()
                        .putLabel("mlengine.io/role", "a")
                        .putLabel("app.kubernetes.io/managed-by", "me")
                        .putAnnotation("x.mlengine.io/fence", "1")))
                .containsExactly(
                        "ML-452 pod.labels[\"app.kubernetes.io/managed-by\"]",
                        "ML-452 pod.labels[\"mlengine.io/role\"]",
                        "ML-452 pod.annotations[\"x.mlengine.io/fence\"]");
    }

    @Test
    void namesOfObjectsAreDnsNames() {
        assertThat(problems(PodOptions.builder()
                        .serviceAccount("Trainer")
                        .addImagePullSecrets("ok", "a_b")
                        .priorityClass("")))
                .containsExactly(
                        "ML-440 pod.serviceAccount", "ML-440 pod.imagePullSecrets[1]", "ML-440 pod.priorityClass");
        JobEnvironment claim = JobEnvironment.builder().volumeClaim("a/b").build();
        assertThat(problems(Role.named("worker"), claim)).containsExactly("ML-440 spec.environment.volumeClaim");
    }

    @Test
    void sizesAndUsersHaveBounds() {
        assertThat(problems(PodOptions.builder().sharedMemoryBytes(0).runAsUser(1000)))
                .isEmpty();
        assertThat(problems(
                        PodOptions.builder().sharedMemoryBytes(-1).runAsUser(-1).fsGroup(1L << 31)))
                .containsExactly("ML-430 pod.sharedMemory", "ML-430 pod.runAsUser", "ML-430 pod.fsGroup");
        assertThat(problems(PodOptions.builder().runAsNonRoot(true).runAsUser(0)))
                .containsExactly("ML-431 pod.runAsUser");
    }
}

package io.mlengine.backend.k8s.webhook;

import static io.mlengine.backend.k8s.webhook.Samples.create;
import static io.mlengine.backend.k8s.webhook.Samples.update;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.backend.k8s.pod.PodManifests;
import io.mlengine.backend.k8s.testing.NamedFramework;
import io.mlengine.core.admission.Admission;
import io.mlengine.core.admission.Frameworks;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the webhook says of jobs that another controller is to run. */
class DelegateAdmissionTest {
    private static final String TRAIN = """
            apiVersion: mlengine.io/v1
            kind: MLTrain
            metadata: {name: bert, namespace: team-a, annotations: {mlengine.io/user: ann}}
            spec:
              framework: pytorch
              delegate: {kind: PyTorchJob}
              roles:
              - {name: master, image: "registry/bert:1", command: [python, t.py]}
            """;

    private final TrainAdmission admission = new TrainAdmission(
            new TrainRules(
                    new Admission(Frameworks.of(List.of(NamedFramework.of("pytorch"))))::check,
                    new KubernetesRules(new PodManifests(PodConfig.DEFAULT))),
            (user, namespace, queue) -> true,
            List::of);

    private static List<String> codes(Verdict verdict) {
        return verdict.refusal().stream()
                .flatMap(refusal -> refusal.causes().stream())
                .map(cause -> cause.code() + " " + cause.field())
                .toList();
    }

    @Test
    void whatCanBeHandedOverIsAllowed() {
        assertThat(admission.admit(create(Samples.yaml(TRAIN))).isAllowed()).isTrue();
    }

    @Test
    void whatWouldBeLostIsRefusedOnce() {
        ObjectNode object = Samples.yaml(TRAIN.replace("image: \"registry/bert:1\", ", ""));
        object.withObject("/spec/code/git")
                .put("repository", "https://git.example.com/bert.git")
                .put("revision", "main");

        assertThat(codes(admission.admit(create(object))))
                .containsExactlyInAnyOrder("ML-434 spec.code", "ML-410 spec.roles[0].image");
    }

    @Test
    void foldersOfAMachineAreRefused() {
        ObjectNode object = Samples.yaml(TRAIN);
        object.withObject("/spec")
                .putArray("inputs")
                .addObject()
                .put("name", "etc")
                .put("source", "/etc")
                .put("path", "/etc");

        assertThat(codes(admission.admit(create(object)))).containsExactly("ML-434 spec.inputs[0].source");
    }

    @Test
    void whoRunsItCannotBeChanged() {
        ObjectNode before = Samples.yaml(TRAIN);
        ObjectNode engine = Samples.yaml(TRAIN.replace("  delegate: {kind: PyTorchJob}\n", ""));

        assertThat(codes(admission.admit(update(before, engine)))).containsExactly("ML-433 spec.delegate.kind");
        assertThat(codes(admission.admit(update(engine, before)))).containsExactly("ML-433 spec.delegate.kind");
    }
}

package io.mlengine.backend.k8s.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.mlengine.core.document.DocumentResult;
import io.mlengine.core.job.JobRecord.Desired;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Role;
import org.junit.jupiter.api.Test;

class MLTrainDocumentsTest {
    private static final KubernetesSerialization CLIENT = new KubernetesSerialization();

    @Test
    void anObjectIsReadAsTheDocumentThatOneMachineReads() {
        MLTrainResource object = object("""
                  desired: Suspend
                  framework: pytorch
                  roles:
                    - name: worker
                      replicas: 2
                      command: [python, train.py]
                      resources: {cpu: 0.5, memory: 1GiB, gpus: 1}
                """);

        DocumentResult result = MLTrainDocuments.read(object);

        assertThat(result.violations()).isEmpty();
        MLTrain train = result.train().orElseThrow();
        assertThat(train.name()).isEqualTo("bert");
        assertThat(train.namespace()).isEqualTo("team-a");
        assertThat(train.labels()).containsEntry("team", "nlp");
        assertThat(train.annotations()).containsOnlyKeys("note");
        assertThat(train.roles().get(0).resources().cpuMillis()).isEqualTo(500);
        assertThat(object.getSpec().has("desired")).isTrue();
    }

    @Test
    void whatTheServerDoesNotCheckIsReportedWithItsPath() {
        DocumentResult result = MLTrainDocuments.read(object("""
                  framework: pytorch
                  roles:
                    - name: worker
                      commands: [python]
                """));

        assertThat(result.isValid()).isFalse();
        assertThat(result.violations().get(0).violation().path()).isEqualTo("spec.roles[0].commands");
    }

    @Test
    void anObjectWithoutSpecIsReported() {
        MLTrainResource object = new MLTrainResource();
        object.getMetadata().setName("empty");
        object.getMetadata().setNamespace("default");

        assertThat(MLTrainDocuments.read(object).violations().get(0).violation().path())
                .isEqualTo("spec");
    }

    @Test
    void aJobBecomesAnObjectAndComesBack() {
        MLTrain train = MLTrain.named("bert")
                .namespace("team-a")
                .putLabel("team", "nlp")
                .framework("pytorch")
                .addRole(Role.named("worker")
                        .replicas(4)
                        .command("python", "t.py")
                        .build())
                .build();

        MLTrainResource object = MLTrainDocuments.resource(train);
        MLTrainResource stored = CLIENT.unmarshal(CLIENT.asJson(object), MLTrainResource.class);

        assertThat(MLTrainDocuments.read(stored).train()).contains(train);
        assertThat(CLIENT.asJson(object)).doesNotContain("status");
    }

    @Test
    void wishesAreReadFromTheSpec() {
        assertThat(MLTrainWish.desired(object("  desired: Cancel"))).isEqualTo(Desired.CANCEL);
        assertThat(MLTrainWish.desired(object("  framework: x"))).isEqualTo(Desired.RUN);
        assertThat(MLTrainWish.desired(object("  runPolicy: {suspend: true}"))).isEqualTo(Desired.SUSPEND);
        assertThat(MLTrainWish.desired(object("  {desired: Run, runPolicy: {suspend: true}}")))
                .isEqualTo(Desired.RUN);
        assertThat(MLTrainWish.replicas(object("  replicas: 3"))).hasValue(3);
        assertThat(MLTrainWish.replicas(object("  framework: x"))).isEmpty();
        MLTrainResource deleted = object("  desired: Run");
        deleted.getMetadata().setDeletionTimestamp("2026-11-23T12:00:00Z");
        assertThat(MLTrainWish.desired(deleted)).isEqualTo(Desired.DELETE);
    }

    @Test
    void replicasSetTheSizeOfTheOnlyElasticRole() {
        String elastic = "  roles: [{name: worker, minReplicas: 2, maxReplicas: 4, command: [a]}]\n";

        assertThat(paths("  framework: x\n  replicas: 4\n" + elastic)).isEmpty();
        assertThat(paths("  framework: x\n  replicas: 5\n" + elastic)).containsExactly("spec.replicas");
        assertThat(paths("  framework: x\n  replicas: 1\n  roles: [{name: worker, command: [a]}]\n"))
                .containsExactly("spec.replicas");
        assertThat(paths("  framework: x\n  desired: Go\n" + elastic)).containsExactly("spec.desired");
    }

    private static java.util.List<String> paths(String spec) {
        return MLTrainDocuments.read(object(spec)).violations().stream()
                .map(placed -> placed.violation().path())
                .toList();
    }

    private static MLTrainResource object(String spec) {
        return CLIENT.unmarshal("""
                apiVersion: mlengine.io/v1
                kind: MLTrain
                metadata:
                  name: bert
                  namespace: team-a
                  uid: 1f0c3a52-0000-4000-8000-000000000000
                  labels: {team: nlp}
                  annotations:
                    note: mine
                    kubectl.kubernetes.io/last-applied-configuration: "{}"
                spec:
                """ + spec, MLTrainResource.class);
    }
}

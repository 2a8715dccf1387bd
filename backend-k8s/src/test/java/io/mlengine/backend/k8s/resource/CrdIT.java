package io.mlengine.backend.k8s.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mlengine.backend.k8s.testing.Definitions;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.core.document.TrainDocument;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.core.metering.AttemptUsage;
import io.mlengine.core.queue.QueueConfig;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CrdIT {
    private final KubernetesServer server = KubernetesServer.shared();
    private final KubernetesClient client = server.client();
    private final String namespace = server.newNamespace();

    @BeforeEach
    void install() {
        Definitions.install(client);
    }

    @Test
    void anExampleComesBackAsItWasApplied() throws Exception {
        String text = Documents.read(Documents.root().resolve("examples/pytorch-ddp/train.yaml"))
                .replace("command: [", "image: python:3.12\n      command: [");
        JsonNode applied = new ObjectMapper()
                .readTree(client.getKubernetesSerialization()
                        .asJson(client.getKubernetesSerialization().unmarshal(text, MLTrainResource.class)));

        MLTrainResource stored = create(text);

        MLTrain train = TrainDocument.parse("train.yaml", text).read().train().orElseThrow();
        assertThat(MLTrainDocuments.read(stored).violations()).isEmpty();
        assertThat(MLTrainDocuments.read(stored).train())
                .contains(MLTrain.builder().from(train).namespace(namespace).build());
        assertThat(withoutDefaults(stored.getSpec())).isEqualTo(applied.get("spec"));
    }

    @Test
    void everyDocumentThatWeShowIsTaken() {
        for (String text : Documents.all()) {
            MLTrainResource object = client.getKubernetesSerialization().unmarshal(text, MLTrainResource.class);
            object.getMetadata().setNamespace(namespace);

            MLTrainResource stored = client.resource(object).dryRun(true).create();

            assertThat(MLTrainDocuments.read(stored).violations()).isEmpty();
        }
    }

    @Test
    void anObjectMadeOfAJobIsTaken() {
        MLTrain train =
                MLTrain.builder().from(Jobs.train()).namespace(namespace).build();

        MLTrainResource stored =
                client.resource(MLTrainDocuments.resource(train)).create();

        assertThat(MLTrainDocuments.read(stored).train()).contains(train);
    }

    @Test
    void unknownFieldsOfTheSpecAreKeptSoThatTheReaderNamesThem() {
        MLTrainResource stored = create("""
                apiVersion: mlengine.io/v1
                kind: MLTrain
                metadata: {name: typo}
                spec:
                  framework: pytorch
                  roles: [{name: worker, commands: [python]}]
                """);

        assertThat(MLTrainDocuments.read(stored).violations().get(0).violation().path())
                .isEqualTo("spec.roles[0].commands");
    }

    @Test
    void wrongTypesWordsAndNamesAreRefusedByTheServer() {
        assertRefused("name: ok", "framework: 7", "spec.framework");
        assertRefused("name: ok", "{framework: x, desired: Go}", "spec.desired");
        assertRefused("name: ok", "{framework: x, roles: [{name: a, replicas: 0}]}", "spec.roles");
        assertRefused("name: ok", "{framework: x, roles: [{name: a, resources: {memory: 16}}]}", "memory");
        assertRefused("name: ok", "{framework: x, runPolicy: {stopGrace: soon}}", "spec.runPolicy.stopGrace");
        assertRefused("name: ok", "{queue: q}", "spec.framework");
        assertRefused("name: " + "a".repeat(64), "framework: x", "metadata.name");
        assertRefused("name: 1a", "framework: x", "metadata.name");
    }

    @Test
    void valuesWithMoreThanOneTypeAreTaken() {
        for (String resources : List.of("cpu: 0.5", "cpu: 2", "cpu: 500m", "gpus: 2", "gpus: {count: 1}")) {
            create("""
                    apiVersion: mlengine.io/v1
                    kind: MLTrain
                    metadata: {generateName: mixed-, name: ''}
                    spec:
                      framework: pytorch
                      frameworkOptions: {a: 1, b: text, c: true, d: [x], e: 0.5}
                      roles:
                        - {name: a, command: [x], resources: {%s}, env: {A: b}}
                        - {name: b, command: [x], env: [{name: A, value: b}]}
                      runPolicy: {exitCodes: {retryable: [137, "1-3"]}}
                    """.formatted(resources));
        }
    }

    @Test
    void theStatusIsWrittenApartFromTheSpec() {
        MLTrainResource object = create(simple("apart"));
        long generation = object.getMetadata().getGeneration();
        MLTrainStatus status = MLTrainStatus.builder()
                .from(MLTrainStatuses.of(
                        Jobs.in(Phase.RUNNING),
                        Optional.of(Jobs.progress(400)),
                        Optional.empty(),
                        generation,
                        Jobs.NOW))
                .record("{\"version\": 4}")
                .build();
        object.setStatus(status);
        object.getSpec().put("priority", 77);

        client.resource(object).updateStatus();

        MLTrainResource stored = get("apart");
        assertThat(stored.getStatus()).isEqualTo(status);
        assertThat(stored.getSpec().get("priority").asInt()).isZero();
        assertThat(stored.getMetadata().getGeneration()).isEqualTo(generation);

        stored.setStatus(MLTrainStatus.builder().phase("Failed").build());
        stored.getSpec().put("priority", 5);
        client.resource(stored).update();

        assertThat(get("apart").getStatus()).isEqualTo(status);
        assertThat(get("apart").getMetadata().getGeneration()).isEqualTo(generation + 1);
    }

    @Test
    void theStatusKeepsNothingUnknown() {
        create(simple("pruned"));
        client.resources(MLTrainResource.class)
                .inNamespace(namespace)
                .withName("pruned")
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\": {\"phase\": \"Queued\", \"mine\": 1}}");

        JsonNode status = client.getKubernetesSerialization()
                .convertValue(
                        client.genericKubernetesResources("mlengine.io/v1", "MLTrain")
                                .inNamespace(namespace)
                                .withName("pruned")
                                .get()
                                .get("status"),
                        JsonNode.class);

        assertThat(status.toString()).isEqualTo("{\"phase\":\"Queued\"}");
    }

    @Test
    void queuesAndUsageComeBack() {
        QueueConfig queue = QueueConfig.named("q-" + namespace)
                .gpus(8)
                .cpuMillis(500)
                .memoryBytes(2L << 40)
                .build();
        MLQueueResource stored = client.resource(MLQueues.resource(queue)).create();
        client.resource(stored).delete();
        assertThat(MLQueues.config(stored)).isEqualTo(queue);

        AttemptUsage held = Usages.ofBert(namespace);
        MLUsageResource usage = client.resource(MLUsages.resource(held)).create();
        assertThat(MLUsages.records(usage)).isEqualTo(held.records());
    }

    private void assertRefused(String metadata, String spec, String path) {
        assertThatThrownBy(() -> create(
                        "apiVersion: mlengine.io/v1\nkind: MLTrain\nmetadata: {" + metadata + "}\nspec:\n  " + spec))
                .isInstanceOfSatisfying(KubernetesClientException.class, refused -> {
                    assertThat(refused.getCode()).isEqualTo(422);
                    assertThat(refused.getMessage()).contains(path);
                });
    }

    private static String simple(String name) {
        return "apiVersion: mlengine.io/v1\nkind: MLTrain\nmetadata: {name: " + name + "}\nspec: {framework: pytorch}";
    }

    private static ObjectNode withoutDefaults(ObjectNode spec) {
        ObjectNode copy = spec.deepCopy();
        copy.remove(List.of("queue", "priority", "preemptible"));
        copy.get("roles").forEach(role -> ((ObjectNode) role).remove(List.of("critical", "tracked")));
        return copy;
    }

    private MLTrainResource create(String text) {
        MLTrainResource object = client.getKubernetesSerialization().unmarshal(text, MLTrainResource.class);
        object.getMetadata().setNamespace(namespace);
        return client.resource(object).create();
    }

    private MLTrainResource get(String name) {
        return client.resources(MLTrainResource.class)
                .inNamespace(namespace)
                .withName(name)
                .get();
    }
}

package io.mlengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertCommandTest {
    private static final String JOB = """
            apiVersion: kubeflow.org/v1
            kind: PyTorchJob
            metadata: {name: mnist}
            spec:
              pytorchReplicaSpecs:
                Worker:
                  replicas: 2
                  restartPolicy: Never
                  template:
                    spec:
                      hostNetwork: true
                      containers: [{name: pytorch, image: mnist, command: [python, train.py]}]
            """;

    @TempDir
    Path folder;

    private TestHost host;

    @BeforeEach
    void makeHost() {
        host = new TestHost(folder);
    }

    @Test
    void outputIsTheJobAndErrorSaysWhatChanged() {
        TestHost.Result result = host.input(JOB).run("convert", "-");

        assertThat(result.code()).isZero();
        assertThat(result.output()).isEqualTo("""
                apiVersion: mlengine.io/v1
                kind: MLTrain
                metadata:
                  name: mnist
                spec:
                  framework: pytorch
                  roles:
                    - name: worker
                      replicas: 2
                      command: [python, train.py]
                      image: mnist
                  runPolicy:
                    exitCodes: none
                """);
        assertThat(result.error()).isEqualTo("""
                PyTorchJob/mnist becomes the job mnist (pytorch): 1 dropped
                  dropped  the launcher tells each replica the addresses of the others
                           stdin:11:24  spec.pytorchReplicaSpecs.Worker.template.spec.hostNetwork
                """);
        assertThat(host.input(result.output()).run("validate", "-").code()).isZero();
    }

    @Test
    void jsonHoldsJobAndNotes() throws IOException {
        TestHost.Result result = host.input(JOB).run("convert", "-", "-o", "json");

        JsonNode list = new ObjectMapper().readTree(result.output());
        assertThat(list.path("kind").asText()).isEqualTo("ConversionList");
        JsonNode item = list.path("items").get(0);
        assertThat(item.path("source").asText()).isEqualTo("PyTorchJob/mnist");
        assertThat(item.path("notes").get(0).path("effect").asText()).isEqualTo("dropped");
        assertThat(item.path("notes").get(0).path("line").asInt()).isEqualTo(11);
        assertThat(result.error()).isEmpty();
        assertThat(host.input(item.path("job").toString()).run("validate", "-").code())
                .isZero();
    }

    @Test
    void severalJobsBecomeSeveralDocuments() {
        TestHost.Result result =
                host.input(JOB + "---\n" + JOB.replace("mnist", "other")).run("convert", "-");

        assertThat(List.of(result.output().split("\n---\n"))).hasSize(2);
        assertThat(host.input(JOB + "---\n" + JOB)
                        .run("convert", "-", "-o", "jsonl")
                        .output())
                .hasLineCount(2);
    }

    @Test
    void aRuntimeMayStandInAFileOfItsOwn() throws IOException {
        Path runtime = Files.writeString(folder.resolve("runtime.yaml"), """
                apiVersion: trainer.kubeflow.org/v1alpha1
                kind: TrainingRuntime
                metadata: {name: ours}
                spec:
                  mlPolicy: {torch: {}}
                  template: {spec: {replicatedJobs: [{name: node, template: {spec: {template: {spec: {
                    containers: [{name: node, image: ours}]}}}}}]}}
                """);
        String job = """
                apiVersion: trainer.kubeflow.org/v1alpha1
                kind: TrainJob
                metadata: {name: mine}
                spec: {runtimeRef: {name: ours}, trainer: {numNodes: 2, command: [torchrun, train.py]}}
                """;

        assertThat(host.input(job).run("convert", "-", runtime.toString()).output())
                .contains("image: ours", "replicas: 2");
        TestHost.Result alone = host.input(job).run("convert", "-");
        assertThat(alone.code()).isEqualTo(2);
        assertThat(alone.output()).isEmpty();
        assertThat(alone.error()).contains("ML-481", "give the runtime's document too", "mlengine convert -");
    }

    @Test
    void nothingIsWrittenWhenOneDocumentIsRefused() {
        TestHost.Result result = host.input(JOB + "---\n" + JOB.replace("PyTorchJob", "PytorchJob"))
                .run("convert", "-");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.output()).isEmpty();
        assertThat(result.error())
                .contains("stdin cannot be converted: 1 problem", "stdin:15:7", "ML-480", "did you mean `PyTorchJob`?");
    }

    @Test
    void aFileWithoutAJobIsWrongUsage() {
        TestHost.Result result = host.input("apiVersion: v1\nkind: Service\nmetadata: {name: a}\n")
                .run("convert", "-");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.error()).startsWith("error: there is no job in -").contains("Service/a", "TFJob");
    }

    @Test
    void whatIsLeftToDoIsTold() {
        TestHost.Result result = host.input(JOB.replace("PyTorchJob", "TFJob")
                        .replace("pytorchReplicaSpecs", "tfReplicaSpecs")
                        .replace("name: mnist", "name: " + "m".repeat(60)))
                .run("convert", "-");

        assertThat(result.code()).isZero();
        assertThat(result.output()).contains("framework: tensorflow");
        assertThat(result.error()).contains("to do    metadata.name: name too long (ML-441)");
    }
}

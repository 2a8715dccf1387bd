package io.mlengine.core.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.ExitCodes;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.GpuRequest;
import io.mlengine.spi.model.Role;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainDocumentTest {
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

    private static MLTrain valid(String text) {
        DocumentResult result = TrainDocument.parse("a.yaml", text).read();
        assertThat(result.violations()).isEmpty();
        return result.train().orElseThrow();
    }

    private static Role role(String rest) {
        return valid(START + rest.indent(6)).roles().get(0);
    }

    private static List<String> problems(String text) {
        return TrainDocument.parse("a.yaml", text).read().admittedBy(FakeLauncher.ADMISSION).violations().stream()
                .map(placed ->
                        placed.violation().code() + " " + placed.violation().path())
                .toList();
    }

    @Test
    void variablesAreAListOrAMap() {
        assertThat(role("env: [{name: A, value: b}, {name: S, valueFrom: {secretKeyRef: {name: n, key: k}}}]")
                        .env())
                .isEqualTo(role("env: {A: b, S: {valueFrom: {secretKeyRef: {name: n, key: k}}}}")
                        .env())
                .containsEntry("A", EnvValue.of("b"))
                .containsEntry("S", EnvValue.secret("n", "k"));
    }

    @Test
    void gpusAreANumberOrAnObject() {
        assertThat(role("resources: {gpus: 2}").resources().gpus()).contains(GpuRequest.of(2));
        assertThat(role("resources: {gpus: {count: 2, memory: 40GB}}")
                        .resources()
                        .gpus())
                .contains(GpuRequest.builder()
                        .count(2)
                        .memoryBytes(40_000_000_000L)
                        .build());
    }

    @ParameterizedTest
    @CsvSource({"2,2000", "0.5,500", "500m,500", "'\"1\"',1000", "1.25,1250"})
    void coresAreNumbersOrThousandths(String text, long millis) {
        assertThat(role("resources: {cpu: " + text + "}").resources().cpuMillis())
                .isEqualTo(millis);
    }

    @ParameterizedTest
    @CsvSource({"16GiB,17179869184", "16Gi,17179869184", "16GB,16000000000", "1.5GiB,1610612736", "512MB,512000000"})
    void sizesHaveUnits(String text, long bytes) {
        assertThat(role("resources: {memory: " + text + "}").resources().memoryBytes())
                .isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"30s,PT30S", "10m,PT10M", "1h30m,PT1H30M", "1d,PT24H", "500ms,PT0.5S", "PT1M,PT1M"})
    void timesHaveUnits(String text, Duration time) {
        MLTrain train = valid(START + "  runPolicy: {stopGrace: " + text + "}\n");
        assertThat(train.runPolicy().stopGrace()).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(strings = {"40", "40XB", "1.5B", "GB", "99999999999999999999GB"})
    void otherSizesAreBadUnits(String text) {
        assertThat(problems(START + "      resources: {memory: " + text + "}\n"))
                .containsExactly("ML-421 spec.roles[0].resources.memory");
    }

    @Test
    void exitCodesAreAProfileOrCodes() {
        assertThat(valid(START + "  runPolicy: {exitCodes: any}\n").runPolicy().exitCodes())
                .isEqualTo(new ExitCodes(ExitCodes.Profile.ANY, List.of()));
        assertThat(valid(START + "  runPolicy: {exitCodes: {retryable: [130, \"137-143\"]}}\n")
                        .runPolicy()
                        .exitCodes()
                        .retryable())
                .containsExactly(new ExitCodes.Range(130, 130), new ExitCodes.Range(137, 143));
    }

    @Test
    void aJobOfKubeflowIsSentToTheConverter() {
        assertThat(TrainDocument.parse("a.yaml", START.replace("mlengine.io/v1", "kubeflow.org/v1"))
                        .read()
                        .violations())
                .singleElement()
                .satisfies(placed -> assertThat(placed.violation().advice()).contains("`mlengine convert`"));
    }

    @Test
    void anchorsMayBeUsed() {
        MLTrain train = valid(START.replace("[python, train.py]", "&words [python, train.py]")
                + "    - name: other\n      command: *words\n");
        assertThat(train.roles().get(1).command()).containsExactly("python", "train.py");
    }

    @Test
    void anAnchorBombIsTooLarge() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            String one = "*a" + (i - 1);
            bomb.append(
                    "a" + i + ": &a" + i + " [" + String.join(", ", java.util.Collections.nCopies(10, one)) + "]\n");
        }
        assertThat(problems(bomb.toString())).containsExactly("ML-405 ");
    }

    @Test
    void anAnchorInsideItselfIsASyntaxError() {
        assertThat(problems("a: &a [*a]\n")).containsExactly("ML-402 ");
    }

    @Test
    void deepNestingIsTooLarge() {
        assertThat(problems("[".repeat(100_000))).containsExactly("ML-405 ");
        assertThat(problems("a: " + "[".repeat(100_000))).containsExactly("ML-405 ");
        assertThat(problems("{\"a\":".repeat(100_000))).containsExactly("ML-405 ");
    }

    @Test
    void whatIsNoDocumentIsToldSo() {
        assertThat(problems("")).containsExactly("ML-403 ");
        assertThat(problems("# only a comment\n---\n")).containsExactly("ML-403 ");
        assertThat(problems(START + "---\n" + START)).containsExactly("ML-404 ");
        assertThat(problems("{} {}")).containsExactly("ML-404 ");
        assertThat(problems("hello")).containsExactly("ML-420 ");
        assertThat(problems("a: 1\n\tb: 2\n")).containsExactly("ML-402 ");
        assertThat(problems("a: \u0001\n")).containsExactly("ML-401 ");
        assertThat(TrainDocument.parse("a", new byte[] {(byte) 0xff, (byte) 0xfe, 0})
                        .read()
                        .violations())
                .singleElement()
                .satisfies(placed -> assertThat(placed.violation().code()).isEqualTo("ML-401"));
        assertThat(problems(START.replace("mlengine.io/v1", "v2").replace("MLTrain", "Job")))
                .containsExactly("ML-406 apiVersion", "ML-406 kind");
    }

    @Test
    void whatCannotBeReadHasNoConsequences() {
        assertThat(problems("apiVersion: mlengine.io/v1\nkind: MLTrain\n"))
                .containsExactly("ML-410 metadata", "ML-410 spec");
        assertThat(problems(START.replace("name: mnist", "nam: mnist")))
                .containsExactlyInAnyOrder("ML-410 metadata.name", "ML-412 metadata.nam");
        assertThat(problems(START + "      replicas: two\n  scheduling: {gangMinimum: 2}\n"))
                .containsExactly("ML-420 spec.roles[0].replicas");
    }

    @Test
    void aTextThatLooksLikeANumberNeedsQuotes() {
        assertThat(problems(START + "      args: [--lr, 0.1]\n")).containsExactly("ML-420 spec.roles[0].args[1]");
        assertThat(problems(START + "      args: [--lr, \"0.1\"]\n")).isEmpty();
        assertThat(problems(START + "      replicas: \"2\"\n")).containsExactly("ML-420 spec.roles[0].replicas");
        assertThat(problems(START + "      replicas: 010\n")).containsExactly("ML-420 spec.roles[0].replicas");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "spec|replicaSpecs|`roles` with a name for each",
                "spec|numNodes|`roles[].replicas`",
                "spec|nproc_per_node|`frameworkOptions.nprocPerNode`",
                "spec|backoffLimit|`runPolicy.retries.user`",
                "spec|activeDeadlineSeconds|`runPolicy.activeDeadline`",
                "spec|cleanPodPolicy|`runPolicy.cleanup`",
                "spec|restartPolicy|`restartScope`",
                "spec|retries|`retries` belongs in spec.runPolicy",
                "spec|command|`command` belongs in spec.roles[]",
                "spec|run_policy|did you mean `runPolicy`?",
                "spec|Queue|did you mean `queue`?",
                "spec|ttlSecondsAfterFinished|`runPolicy.ttlAfterFinished`",
                "spec|accelerators|`resources.gpus`",
                "spec|nodeSelector|`nodes.selector`",
                "spec|tolerations|`tolerations` belongs in spec.roles[].nodes",
                "spec|shm_size|`pod.sharedMemory`"
            })
    void wordsOfOtherSystemsAreTranslated(String path, String word, String advice) {
        List<PlacedViolation> violations = TrainDocument.parse("a.yaml", START + "  " + word + ": 1\n")
                .read()
                .violations();
        assertThat(violations).singleElement().satisfies(placed -> {
            assertThat(placed.violation().code()).isEqualTo("ML-412");
            assertThat(placed.violation().advice()).contains(advice);
        });
    }

    @Test
    void secretsInAUrlAreNeverShownWhateverIsWrongOnThatLine() {
        String url = "https://ann:hunter2@example.org/a.git";
        for (String line : List.of(
                "  code: {git: {repository: " + url + ", branch: x}}\n",
                "  code: {git: {repository: [" + url + "]}}\n",
                "  code: {git: {repository: " + url + "\n",
                "  inputs: [{name: a, source: " + url + "}]\n",
                "  " + url + ": 1\n",
                "  environment: {python: {requirements: [\"a @ git+" + url + "\"]}}\n")) {
            DocumentResult result =
                    TrainDocument.parse("a.yaml", START + line).read().admittedBy(FakeLauncher.ADMISSION);
            assertThat(result.violations()).isNotEmpty();
            assertThat(ViolationText.of(result, "")).doesNotContain("hunter2");
            assertThat(result.violations().toString()).doesNotContain("hunter2");
        }
    }

    @Test
    void fieldsCanBeSetBeforeTheDocumentIsRead() {
        TrainDocument document = TrainDocument.parse("a.yaml", START)
                .set("roles.worker.replicas=4")
                .set("spec.roles[0].resources.gpus=2")
                .set("roles.worker.resources.gpus.model=A100")
                .set("runPolicy.retries.user=0")
                .set("roles.worker.env.LR=0.1")
                .set("metadata.labels[\"example.org/team\"]=7")
                .set("roles.worker.args=[--epochs, \"3\"]")
                .set("frameworkOptions.nprocPerNode=auto")
                .set("name=ignored");
        DocumentResult result = document.read();
        assertThat(result.violations()).singleElement().satisfies(placed -> {
            assertThat(placed.violation().code()).isEqualTo("ML-413");
            assertThat(placed.position())
                    .hasValueSatisfying(at -> assertThat(at).hasToString("--set:1:1"));
        });
        MLTrain train = result.train().orElseThrow();
        Role role = train.roles().get(0);
        assertThat(role.replicas()).isEqualTo(4);
        assertThat(role.resources().gpus())
                .contains(GpuRequest.builder().count(2).model("A100").build());
        assertThat(role.env()).containsEntry("LR", EnvValue.of("0.1"));
        assertThat(role.args()).containsExactly("--epochs", "3");
        assertThat(train.labels()).containsEntry("example.org/team", "7");
        assertThat(train.runPolicy().retries().user()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "roles.worker.replica=4|did you mean `replicas`?",
                "roles.wroker.replicas=4|did you mean `worker`?",
                "roles[3].replicas=4|one of",
                "roles.worker.replicas.x=4|nothing lies below",
                "roles.worker.replicas|write path=value",
                "=4|write path=value",
                "rnPolicy.suspend=true|did you mean `runPolicy`?"
            })
    void anUnknownPathIsAViolation(String assignment, String advice) {
        List<PlacedViolation> violations =
                TrainDocument.parse("a.yaml", START).set(assignment).read().violations();
        assertThat(violations).singleElement().satisfies(placed -> {
            assertThat(placed.violation().code()).isEqualTo("ML-413");
            assertThat(placed.violation().advice()).contains(advice.equals("one of") ? "worker" : advice);
        });
    }

    @Test
    void aValueThatWasSetIsToldWithTheArgument() {
        DocumentResult result = TrainDocument.parse("a.yaml", START)
                .set("roles.worker.replicas=many")
                .read();
        assertThat(ViolationText.of(result, "")).contains("--set:1:23").contains("roles.worker.replicas=many");
    }

    @Test
    void bytesAreReadAsUtf8WithOrWithoutMark() {
        byte[] bytes = ("\uFEFF" + START).getBytes(StandardCharsets.UTF_8);
        assertThat(TrainDocument.parse("a.yaml", bytes).read().isValid()).isTrue();
    }

    @Test
    void jsonMayBeIndentedWithTabs() {
        String json = TrainDocument.json(valid(START)).replace("  ", "\t");
        assertThat(TrainDocument.parse("-", json).read().isValid()).isTrue();
    }
}

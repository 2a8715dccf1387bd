package io.mlengine.core.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.build.testing.GoldenFile;
import io.mlengine.core.admission.ViolationCode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The malformed inputs whose error texts the documentation shows; the page is this test's golden file. */
class MalformedDocumentsTest {
    private static final String HEAD = """
            apiVersion: mlengine.io/v1
            kind: MLTrain
            metadata:
              name: mnist
            """;

    private static final String VALID = HEAD + """
            spec:
              framework: pytorch
              roles:
                - name: worker
                  replicas: 2
                  command: [python, train.py]
            """;

    private record Malformed(String title, ViolationCode code, String text) {
        String explained() {
            DocumentResult result =
                    TrainDocument.parse("train.yaml", text).read().admittedBy(FakeLauncher.ADMISSION);
            return ViolationText.of(result, "nothing was started");
        }
    }

    private static final List<Malformed> MALFORMED = List.of(
            new Malformed("Unknown field", ViolationCode.UNKNOWN_FIELD, VALID.replace("replicas:", "replica:")),
            new Malformed("Wrong type", ViolationCode.WRONG_TYPE, VALID.replace("replicas: 2", "replicas: two")),
            new Malformed(
                    "Bad unit",
                    ViolationCode.BAD_UNIT,
                    VALID + "      resources:\n        gpus: {count: 1, memory: 40}\n"),
            new Malformed(
                    "Duplicate role",
                    ViolationCode.DUPLICATE_NAME,
                    VALID + "    - name: worker\n      command: [tensorboard]\n"),
            new Malformed(
                    "Impossible gang", ViolationCode.IMPOSSIBLE_GANG, VALID + "  scheduling:\n    gangMinimum: 4\n"),
            new Malformed(
                    "Name too long",
                    ViolationCode.NAME_TOO_LONG,
                    VALID.replace("name: mnist", "name: language-model-with-sixteen-experts-every-night")),
            new Malformed(
                    "Reserved variable",
                    ViolationCode.RESERVED_VARIABLE,
                    VALID + "      env:\n        MASTER_ADDR: localhost\n        CUDA_VISIBLE_DEVICES: \"0\"\n"),
            new Malformed(
                    "Non-positive count", ViolationCode.OUT_OF_RANGE, VALID.replace("replicas: 2", "replicas: 0")),
            new Malformed(
                    "Duplicate key",
                    ViolationCode.DUPLICATE_KEY,
                    VALID.replace("    - name", "    - replicas: 4\n      name")),
            new Malformed(
                    "Syntax error", ViolationCode.SYNTAX, VALID.replace("[python, train.py]", "[python, train.py")),
            new Malformed(
                    "Unknown framework",
                    ViolationCode.UNKNOWN_FRAMEWORK,
                    VALID.replace("framework: pytorch", "framework: pytroch")),
            new Malformed(
                    "Credentials in the git URL",
                    ViolationCode.CREDENTIALS_IN_URL,
                    VALID + "  code:\n    git:\n      repository: https://ann:hunter2@example.org/team/mnist.git\n"));

    @TestFactory
    Stream<DynamicTest> eachIsToldWithItsCodeAndPlace() {
        return MALFORMED.stream()
                .map(input -> DynamicTest.dynamicTest(
                        input.title(),
                        () -> assertThat(input.explained())
                                .contains(
                                        input.code().code() + " " + input.code().title())
                                .contains("train.yaml:")
                                .doesNotContain("hunter2")));
    }

    @Test
    void theyAreTwelve() {
        assertThat(MALFORMED).hasSize(12);
    }

    @Test
    void theDocumentationShowsTheirTextsAndEveryCode() {
        StringBuilder page = new StringBuilder("""
                # Errors in a job

                This page is written by `MalformedDocumentsTest`: what it shows is what the engine says, on the command line, in
                Java (`ViolationText`) and in Kubernetes alike. All problems of a job are told at once.

                ## Twelve malformed jobs
                """);
        for (Malformed input : MALFORMED) {
            page.append("\n### ").append(input.title()).append("\n\n```text\n");
            page.append(input.explained()).append("```\n");
        }
        page.append("\n## Codes\n");
        Arrays.stream(ViolationCode.values())
                .forEach(code -> page.append("\n### ")
                        .append(code.code())
                        .append(' ')
                        .append(code.title())
                        .append("\n\n")
                        .append(code.meaning())
                        .append('\n'));
        GoldenFile.named("../../../../docs/errors.md").assertMatches(page.toString());
    }

    @Test
    void allProblemsOfADocumentAreToldAtOnceInItsOrder() {
        String text = HEAD + """
                spec:
                  framework: pytorch
                  frameworkOptions: {nprocPerNodes: 2}
                  roles:
                    - name: worker
                      replica: 2
                      command: [python, train.py]
                      resources:
                        gpus:
                          count: 2
                          memory: 40
                  runPolicy:
                    retries:
                      user: -1
                    backoffLimit: 3
                """;
        DocumentResult result = TrainDocument.parse("train.yaml", text).read().admittedBy(FakeLauncher.ADMISSION);
        GoldenFile.named("document/several-problems.txt")
                .assertMatches(ViolationText.of(result, "nothing was started"));
    }

    @Test
    void aJobBuiltInJavaIsToldTheSameWithoutPlaces() {
        var train =
                io.mlengine.core.job.MLTrain.named("Mnist").framework("pytorch").build();
        assertThat(ViolationText.of("Mnist", "", FakeLauncher.ADMISSION.check(train)))
                .isEqualTo("""
                        Mnist is not valid: 2 problems

                        1  metadata.name  ML-440 bad name
                               |   `Mnist`: a-z, 0-9 and -, a letter first, for example bert-large
                        2  spec.roles     ML-445 no roles
                               |   add a role with name, replicas and command

                        more   mlengine help ML-440
                        """);
    }
}

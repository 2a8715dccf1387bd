package io.mlengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
    private static final String VALID = """
            apiVersion: mlengine.io/v1
            kind: MLTrain
            metadata: {name: hello}
            spec:
              framework: command
              roles:
                - {name: worker, command: [echo, hi]}
            """;

    @TempDir
    Path folder;

    private TestHost host;

    @BeforeEach
    void makeHost() {
        host = new TestHost(folder);
    }

    private static JsonNode json(String text) throws IOException {
        JsonNode document = new ObjectMapper().readTree(text);
        assertThat(document.path("apiVersion").asText()).isEqualTo("cli.mlengine.io/v1");
        assertThat(document.path("kind").asText()).isNotEmpty();
        return document;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version",
                "list",
                "plugins",
                "environments",
                "environments prune",
                "envs prune --dry-run",
                "devices",
                "devices --fake-gpus 2",
                "doctor",
                "help",
                "help run",
                "help ML-412",
                "validate -",
                "init command FOLDER/new.yaml"
            })
    void everyCommandGivesAJsonDocument(String words) throws IOException {
        TestHost.Result result =
                host.input(VALID).run((words.replace("FOLDER", folder.toString()) + " -o json").split(" "));

        json(result.output());
        assertThat(result.output()).doesNotContain("\u001b").hasLineCount(1);
        assertThat(result.code()).isIn(0, 6);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "get nothing",
                "logs nothing",
                "logs -f nothing",
                "usage nothing",
                "cancel nothing",
                "suspend nothing",
                "resume nothing",
                "resize nothing worker=2",
                "plugins remove nothing",
                "help nothing"
            })
    void whatIsNotFoundIsADocumentTooAndEndsWithSeven(String words) throws IOException {
        TestHost.Result result = host.run((words + " -o json").split(" "));

        assertThat(json(result.output()).path("kind").asText()).isEqualTo("Error");
        assertThat(json(result.output()).path("exitCode").asInt()).isEqualTo(7);
        assertThat(result.code()).isEqualTo(7);
        assertThat(result.error()).contains("nothing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lisst",
                "list --nmae x",
                "run",
                "run no-such-file.yaml",
                "validate .",
                "logs",
                "resize x",
                "resize x worker=many",
                "run x --timeout soon",
                "list -o id extra",
                "version -o id",
                "completion fish",
                "plugins lisst",
                "plugins add",
                "plugins add no-such-file.jar",
                "environments prune --all --keep 1GB",
                "environments prune --keep much",
                "environments prune --older-than long",
                "init pytorch --name Not_A_Name",
                "convert",
                "convert no-such-file.yaml",
                "convert x y --nothing",
                "operator --metrics-port 70000",
                "operator --metrics-port many",
                "operator --webhook-port 0",
                "operator --lease-duration 500ms",
                "operator --lease-duration soon",
                "operator --no-webhooks --webhook-url https://example.com",
                "operator --webhook-url http://example.com",
                "operator --log-format xml",
                "operator --dry-run --kubeconfig no-such-file",
                "operator extra"
            })
    void wrongUsageEndsWithTwoAndIsADocumentWhereOneWasAskedFor(String words) throws IOException {
        TestHost.Result text = host.run(words.split(" "));

        assertThat(text.code()).isEqualTo(2);
        assertThat(text.output()).isEmpty();
        assertThat(text.error()).startsWith("error: ").doesNotContain("Exception", "\tat ");

        if (!words.contains("-o")) {
            TestHost.Result machine = host.run((words + " -o json").split(" "));
            assertThat(machine.code()).isEqualTo(2);
            assertThat(json(machine.output()).path("code").asText()).isEqualTo("USAGE");
        }
    }

    @Test
    void wordsOfOtherToolsAreTranslated() {
        assertThat(host.run("squeue").error()).contains("did you mean `mlengine list`?");
        assertThat(host.run("seff", "x").error()).contains("did you mean `mlengine usage JOB`?");
        assertThat(host.run("lisst").error()).contains("did you mean `mlengine list`");
        assertThat(host.run("logs", "x", "--folow").error()).contains("--follow");
    }

    @Test
    void whatStandsBelowACommandIsSuggestedAndExplainedToo() {
        assertThat(host.run("plugins", "ad", "x.jar").error()).contains("there is no command plugins ad", "`add`");
        assertThat(host.run("plugins", "add").error()).contains("JAR", "mlengine plugins add --help");
        assertThat(host.run("plugins", "add", "--help").output()).contains("Usage: mlengine plugins add", "--force");
        assertThat(host.run("plugins", "--nothing").error()).contains("mlengine help plugins");
    }

    @Test
    void nothingTypedShowsTheHelpAndIsWrongUsage() {
        TestHost.Result result = host.run();

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.output()).isEmpty();
        assertThat(result.error()).contains("run", "validate", "Exit codes");
    }

    @Test
    void helpAndVersionAreOptionsToo() {
        assertThat(host.run("--help").code()).isZero();
        assertThat(host.run("run", "--help").output()).contains("Examples:", "--timeout");
        assertThat(host.run("--version").output()).startsWith("mlengine ");
    }

    @Test
    void malformedDocumentIsShownWithItsPlacesAndNothingIsStarted() throws IOException {
        Path file = Files.writeString(
                folder.resolve("bad.yaml"), VALID.replace("command: [echo, hi]", "replica: 2, command: [echo, hi]"));

        TestHost.Result result = host.run("run", file.toString());

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.output()).isEmpty();
        assertThat(result.error()).contains("nothing was started", "bad.yaml:7:", "did you mean `replicas`?");
        assertThat(folder.resolve("state/jobs")).doesNotExist();
    }

    @Test
    void textThatIsNoYamlIsAProblemNotAStackTrace() {
        TestHost.Result result = host.input("{[").run("validate", "-");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.output()).contains("stdin is not valid");
        assertThat(result.output() + result.error()).doesNotContain("Exception");
    }

    @Test
    void setChangesTheDocumentBeforeItIsJudged() throws IOException {
        TestHost.Result good = host.input(VALID).run("validate", "-", "--set", "roles.worker.replicas=4");
        TestHost.Result bad = host.input(VALID).run("validate", "-", "--set", "roles.worker.replicas=0", "-o", "json");

        assertThat(good.code()).isZero();
        assertThat(bad.code()).isEqualTo(2);
        assertThat(json(bad.output()).path("items").get(0).path("violations")).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pytorch", "command"})
    void templatesAreValidDocuments(String template) {
        String text = host.run("init", template, "-").output();

        assertThat(text).startsWith("#");
        assertThat(host.input(text).run("validate", "-").output()).isEqualTo("stdin is valid: my-job\n");
    }

    @Test
    void initKeepsAFileThatIsThereUnlessForced() throws IOException {
        Path file = Files.writeString(folder.resolve("train.yaml"), "mine");

        assertThat(host.run("init", "pytorch", file.toString()).code()).isEqualTo(2);
        assertThat(file).hasContent("mine");
        assertThat(host.run("init", "pytorch", file.toString(), "--force").code())
                .isZero();
        assertThat(Files.readString(file)).contains("framework: pytorch");
    }

    @Test
    void schemaIsAJsonSchemaOfTheLoadedFrameworks() throws IOException {
        String schema = host.run("schema").output();

        assertThat(new ObjectMapper().readTree(schema).path("title").asText()).isEqualTo("MLTrain");
        assertThat(schema).contains("pytorch", "masterPort");
    }

    @Test
    void brokenPluginIsListedWithCauseAndRemedy() throws IOException {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        Files.writeString(plugins.resolve("broken.jar"), "no jar");

        TestHost.Result result = host.run("plugins", "--plugins", plugins.toString());

        assertThat(result.code()).isEqualTo(6);
        assertThat(result.output()).contains("broken.jar", "cause", "remedy", "pytorch");
    }

    @Test
    void aClusterThatGivesNoAnswerIsACheckThatFailed() throws IOException {
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: nowhere
                contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
                clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:1"}}]
                users: [{name: nobody, user: {token: hidden-word}}]
                """);
        String[] words = {"operator", "--dry-run", "--kubeconfig", kubeconfig.toString()};

        TestHost.Result result = host.run(words);
        TestHost.Result other = host.run(
                "operator", "--dry-run", "--kubeconfig", kubeconfig.toString(), "--context", "other", "-o", "json");

        assertThat(result.code()).isEqualTo(6);
        assertThat(result.output()).contains("API server", "no answer from https://127.0.0.1:1", "--context");
        assertThat(result.output() + result.error()).doesNotContain("hidden-word", "Exception");
        assertThat(other.code()).isEqualTo(2);
        assertThat(json(other.output()).path("message").asText()).contains("no context other");
    }

    @Test
    void completionKnowsCommandsAndOptions() {
        assertThat(host.run("completion", "bash").output()).contains("mlengine", "validate", "--timeout");
        assertThat(host.run("completion", "zsh").output()).contains("bashcompinit");
    }
}

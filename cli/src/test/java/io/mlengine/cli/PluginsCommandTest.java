package io.mlengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mlengine.build.testing.PluginJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adds and removes real jars. */
class PluginsCommandTest {
    private static final String EMPTY_PLAN = "return new LaunchPlan(List.of(), List.of());";

    @TempDir
    Path home;

    @TempDir
    Path jars;

    private TestHost host;
    private Path added;

    @BeforeEach
    void makeHost() {
        host = new TestHost(home);
        added = home.resolve(".local/share/mlengine/plugins");
    }

    private PluginJars acme(String version) {
        return PluginJars.jar(jars, "acme").manifest("Plugin-Version", version);
    }

    private Path built(String version) throws IOException {
        return acme(version).launcher("acme", "acme", "", EMPTY_PLAN).build();
    }

    private JsonNode items() throws IOException {
        return new ObjectMapper()
                .readTree(host.run("plugins", "-o", "json").output())
                .path("items");
    }

    private JsonNode listed(String id) throws IOException {
        for (JsonNode item : items()) {
            if (item.path("id").asText().equals(id)) {
                return item;
            }
        }
        throw new AssertionError(id + " is not listed");
    }

    private void assertRefused(TestHost.Result result, int code, String... texts) {
        assertThat(result.error()).contains(texts).doesNotContain("Exception");
        assertThat(result.output()).isEmpty();
        assertThat(result.code()).isEqualTo(code);
    }

    @Test
    void whatWasAddedIsFoundByAllCommandsUntilItIsRemoved() throws IOException {
        TestHost.Result result = host.run("plugins", "add", built("1.0.0").toString());
        assertThat(result).isEqualTo(new TestHost.Result(0, "added acme 1.0.0, which brings acme\n", ""));
        assertThat(added).isDirectoryContaining("glob:**/acme.jar");

        Files.delete(jars.resolve("acme.jar"));
        assertThat(listed("acme").path("added").asBoolean()).isTrue();
        assertThat(listed("acme").path("source").asText())
                .isEqualTo(added.resolve("acme.jar").toString());
        assertThat(host.run("plugins").output()).contains("acme 1.0.0  added: " + added.resolve("acme.jar"));
        assertThat(host.input(job("acme")).run("validate", "-").code()).isZero();

        assertThat(host.run("plugins", "remove", "acme")).isEqualTo(new TestHost.Result(0, "removed acme 1.0.0\n", ""));
        assertThat(added).isEmptyDirectory();
        assertThat(host.input(job("acme")).run("validate", "-").code()).isEqualTo(2);
    }

    @Test
    void theFolderOfTheUsersDataIsTaken() throws IOException {
        host.variable("XDG_DATA_HOME", jars.resolve("data").toString());
        host.run("plugins", "add", built("1.0.0").toString());
        assertThat(jars.resolve("data/mlengine/plugins/acme.jar")).exists();
    }

    @Test
    void anotherVersionReplacesOnlyWhenForced() throws IOException {
        host.run("plugins", "add", built("1.0.0").toString());
        Path newer = built("1.1.0");
        assertRefused(
                host.run("plugins", "add", newer.toString()), 2, "acme 1.0.0 was added before", "--force puts 1.1.0");
        assertThat(listed("acme").path("version").asText()).isEqualTo("1.0.0");

        assertThat(host.run("plugins", "add", newer.toString(), "--force").code())
                .isZero();
        assertThat(listed("acme").path("version").asText()).isEqualTo("1.1.0");
    }

    @Test
    void aVersionThatWasCopiedByHandIsReplacedToo() throws IOException {
        Files.createDirectories(added);
        Files.copy(built("1.0.0"), added.resolve("acme-1.0.0.jar"));
        host.run("plugins", "add", built("1.1.0").toString(), "--force");
        assertThat(added).isDirectoryContaining("glob:**/acme.jar").isDirectoryNotContaining("glob:**/acme-1.0.0.jar");
    }

    @Test
    void whatDoesNotLoadIsNotAdded() throws IOException {
        Path future = acme("1.0.0")
                .launcher("acme", "acme", "", EMPTY_PLAN)
                .manifest("Plugin-Requires", "9.0.0")
                .build();
        assertRefused(
                host.run("plugins", "add", future.toString()), 2, "it requires SPI 9.0.0", "take another release");
        Path broken = acme("1.0.0")
                .launcher("acme", "acme", "if (true) throw new IllegalStateException(\"no licence\");", EMPTY_PLAN)
                .build();
        assertThat(host.run("plugins", "add", broken.toString()).error()).contains("no licence");
        Path text = Files.writeString(jars.resolve("text.txt"), "no jar");
        assertRefused(host.run("plugins", "add", text.toString()), 2, "text.txt is no jar");
        assertRefused(host.run("plugins", "add", jars.toString()), 2, "is no file");
        assertRefused(host.run("plugins", "add", "no-such.jar"), 2, "there is no file no-such.jar");
        assertThat(added).isEmptyDirectory();
    }

    @Test
    void whatWouldBeRefusedBesideTheOthersIsNotAdded() throws IOException {
        Path taken = PluginJars.jar(jars, "mine")
                .launcher("mine", "pytorch", "", EMPTY_PLAN)
                .build();
        assertRefused(host.run("plugins", "add", taken.toString()), 2, "pytorch is already provided by", "rename");
        Path path = acme("1.0.0")
                .launcher("acme", "acme", "", EMPTY_PLAN)
                .manifest("Plugin-Id", "../acme")
                .build();
        assertRefused(host.run("plugins", "add", path.toString()), 2, "not the name of a file: ../acme");
        assertThat(added).isEmptyDirectory();
    }

    @Test
    void onlyWhatWasAddedCanBeRemoved() throws IOException {
        String builtIn = items().get(0).path("id").asText();
        assertRefused(host.run("plugins", "remove", builtIn), 7, "was not added", "class path");
        assertRefused(host.run("plugins", "remove", "nothing"), 7, "no plugin nothing", "mlengine plugins");
    }

    @Test
    void aBrokenJarInTheFolderIsShownAndCanBeRemoved() throws IOException {
        Files.createDirectories(added);
        Files.writeString(added.resolve("broken.jar"), "no jar");
        assertThat(host.run("plugins").code()).isEqualTo(6);
        assertThat(host.run("plugins", "remove", "broken.jar").code()).isZero();
        assertThat(host.run("plugins").code()).isZero();
    }

    @Test
    void aFolderThatIsNamedWinsOverWhatWasAdded() throws IOException {
        host.run("plugins", "add", built("1.0.0").toString());
        built("1.1.0");
        String all = host.run("plugins", "--plugins", jars.toString()).output();
        assertThat(all).contains("acme 1.1.0  " + jars.resolve("acme.jar"), "another plugin has the id acme");
    }

    @Test
    void optionsOfPluginsInFoldersArePartOfTheSchema() throws IOException {
        Path tuned =
                PluginJars.jar(jars, "tuned").launcher("tuned", "tuned", """
                        public OptionSchema options() {
                            return OptionSchema.of(OptionSchema.Option.of("depth", OptionSchema.Type.INTEGER, "How deep.")
                                    .least(1L)
                                    .build());
                        }
                        public LaunchPlan plan(ClusterView view) { return new LaunchPlan(List.of(), List.of()); }
                        """).build();
        assertThat(depth(host.run("schema", "--plugins", jars.toString()).output()))
                .isEqualTo(1);
        assertThat(host.run("schema").output()).doesNotContain("depth");
        host.run("plugins", "add", tuned.toString());
        assertThat(depth(host.run("schema").output())).isEqualTo(1);
        assertThat(host.input(job("tuned") + "  frameworkOptions: {depth: 0}\n")
                        .run("validate", "-")
                        .output())
                .contains("depth");
    }

    private static int depth(String schema) throws IOException {
        for (JsonNode branch : new ObjectMapper().readTree(schema).path("allOf")) {
            if (branch.path("if").findValue("const").asText().equals("tuned")) {
                return branch.path("then").findValue("depth").path("minimum").asInt();
            }
        }
        throw new AssertionError("no branch for the framework: " + schema);
    }

    @Test
    void anUnknownFrameworkMayBeThatOfARefusedPlugin() throws IOException {
        acme("1.0.0")
                .launcher("acme", "acme", "", EMPTY_PLAN)
                .manifest("Plugin-Requires", "9.0.0")
                .build();
        assertThat(host.input(job("acme"))
                        .run("validate", "-", "--plugins", jars.toString())
                        .output())
                .contains("unknown framework", "acme.jar (it requires SPI 9.0.0");
    }

    private static String job(String framework) {
        return """
                apiVersion: mlengine.io/v1
                kind: MLTrain
                metadata: {name: job}
                spec:
                  framework: %s
                  roles:
                    - {name: worker, command: [echo, hi]}
                """.formatted(framework);
    }
}

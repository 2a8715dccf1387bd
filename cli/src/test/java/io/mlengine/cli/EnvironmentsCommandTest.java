package io.mlengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With folders that look like environments. */
class EnvironmentsCommandTest {
    @TempDir
    Path folder;

    private TestHost host;
    private Path python;

    @BeforeEach
    void makeHost() {
        host = new TestHost(folder);
        python = folder.resolve("cache/mlengine/python");
    }

    private Path made(String digit, String requirement, int daysUnused, int bytes) throws IOException {
        Path environment = python.resolve(digit.repeat(64));
        Path bin = Files.createDirectories(environment.resolve("bin"));
        assertThat(Files.createFile(bin.resolve("python")).toFile().setExecutable(true))
                .isTrue();
        Files.write(environment.resolve("library"), new byte[bytes]);
        Files.writeString(environment.resolve("pyvenv.cfg"), "version = 3.11.2\n");
        Files.writeString(environment.resolve("requirements.txt"), requirement + "\n");
        Path mark = Files.writeString(environment.resolve(".complete"), requirement + "\n");
        Files.setLastModifiedTime(mark, FileTime.from(Instant.now().minus(Duration.ofDays(daysUnused))));
        return environment;
    }

    @Test
    void listsThemWithWhatTheyHoldAndTake() throws IOException {
        made("a", "six==1.15.0", 3, 1_000);
        made("b", "six==1.16.0", 40, 2_000_000);
        TestHost.Result result = host.run("environments");
        assertThat(result.code()).isZero();
        assertThat(result.output().lines().map(line -> line.replaceAll(" {2,}", " | ")))
                .containsExactly(
                        "NAME | PYTHON | SIZE | UNUSED | STATE | REQUIREMENTS",
                        "aaaaaaaaaaaa | 3.11.2 | 1.0 kB | 3 d | ready | six==1.15.0",
                        "bbbbbbbbbbbb | 3.11.2 | 2.0 MB | 40 d | ready | six==1.16.0");
        assertThat(result.error()).startsWith("2 environments, 2.0 MB in " + python);
    }

    @Test
    void forProgramsTheyAreADocument() throws IOException {
        Path environment = made("a", "six==1.15.0", 3, 1_000);
        JsonNode item = new ObjectMapper()
                .readTree(host.run("envs", "-o", "json").output())
                .path("items")
                .get(0);
        assertThat(item.path("kind").asText()).isEqualTo("Environment");
        assertThat(item.path("folder").asText()).isEqualTo(environment.toString());
        assertThat(item.path("requirements").get(0).asText()).isEqualTo("six==1.15.0");
        assertThat(item.path("bytes").asLong()).isGreaterThan(1_000);
    }

    @Test
    void withoutOptionsWhatAnEngineWouldRemoveGoes() throws IOException {
        Path kept = made("a", "six==1.15.0", 3, 1_000);
        Path old = made("b", "six==1.16.0", 40, 2_000_000);
        TestHost.Result dry = host.run("environments", "prune", "--dry-run");
        assertThat(dry.output()).isEqualTo("would remove bbbbbbbbbbbb  2.0 MB  six==1.16.0\n");
        assertThat(old).exists();
        TestHost.Result result = host.run("environments", "prune");
        assertThat(result.output()).isEqualTo("removed bbbbbbbbbbbb  2.0 MB  six==1.16.0\n");
        assertThat(result.error()).startsWith("2.0 MB are free again");
        assertThat(old).doesNotExist();
        assertThat(kept).exists();
        assertThat(host.run("environments", "prune").error()).startsWith("nothing to remove");
    }

    @Test
    void ageSizeOrAllCanBeChosen() throws IOException {
        made("a", "one", 1, 1_000_000);
        made("b", "two", 2, 1_000_000);
        made("c", "three", 3, 1_000_000);
        made("d", "four", 4, 1_000_000);
        assertThat(host.run("environments", "prune", "--older-than", "84h").output())
                .contains("four")
                .doesNotContain("one", "two", "three");
        assertThat(host.run("environments", "prune", "--keep", "2100 kB").output())
                .contains("three")
                .doesNotContain("one", "two");
        assertThat(host.run("environments", "prune", "--all").output()).contains("one", "two");
        assertThat(host.run("environments").error()).startsWith("no environments in ");
    }
}

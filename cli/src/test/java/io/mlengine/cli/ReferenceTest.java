package io.mlengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceTest {
    @TempDir
    Path folder;

    @Test
    void referenceIsWhatTheCommandsSay() throws IOException {
        Path file = repository().resolve("docs/cli.md");
        String reference = reference();
        if (Boolean.getBoolean("mlengine.golden.update")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, reference);
        }

        assertThat(file).as("run with -Dmlengine.golden.update=true").hasContent(reference);
    }

    private String reference() {
        TestHost host = new TestHost(folder);
        StringBuilder text = new StringBuilder("""
                # The command `mlengine`

                Generated from the commands themselves; a test fails when it differs.

                Standard output carries the result and nothing else; everything for people goes to standard error. With `-o json`
                the result is one document, with `-o jsonl` one object a line, each with `apiVersion: cli.mlengine.io/v1`; an error
                is a document of kind `Error`. JOB is an id, the beginning of an id, or a name (the newest job of that name).

                ## Exit codes

                | code | meaning |
                |--|--|
                """);
        text.append(Stream.of(ExitCode.values())
                .map(code -> "| " + code.code() + " | " + code.meaning() + " |\n")
                .collect(Collectors.joining()));
        text.append("\n## Commands\n\n");
        for (String name : CommandTable.names()) {
            append(text, host, name);
            for (String nested : host.nested(name)) {
                append(text, host, name, nested);
            }
        }
        return text.toString().replaceAll("(?m)[ \t]+$", "").stripTrailing() + "\n";
    }

    private static void append(StringBuilder text, TestHost host, String... words) {
        text.append("### ").append(String.join(" ", words)).append("\n\n```\n");
        String[] help = Stream.concat(Stream.of(words), Stream.of("--help")).toArray(String[]::new);
        text.append(host.run(help).output().strip()).append("\n```\n\n");
    }

    /** The tests run in the module's folder or in the repository's. */
    private static Path repository() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("mlengine-spi"))
                ? here
                : here.resolve("..").normalize();
    }
}

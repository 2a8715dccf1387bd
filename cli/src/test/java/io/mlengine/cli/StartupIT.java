package io.mlengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is only for the operator is not loaded by other commands. */
class StartupIT {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"version", "version -o json", "validate -", "list", "help", "operator --help"})
    void noOtherCommandLoadsTheKubernetesClient(String words) throws IOException, InterruptedException {
        Path loaded = folder.resolve("loaded");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xlog:class+load:file=" + loaded,
                "-cp",
                System.getProperty("java.class.path"),
                "io.mlengine.cli.Main"));
        command.addAll(List.of(words.split(" ")));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("MLENGINE_STORE", folder.resolve("state").toString());
        Process process = builder.start();
        process.getOutputStream().close();
        process.waitFor();

        try (Stream<String> classes = Files.lines(loaded)) {
            assertThat(classes.filter(line -> Stream.of(
                                    " io.fabric8.",
                                    " io.vertx.",
                                    " io.netty.",
                                    " io.micrometer.",
                                    " com.fasterxml.jackson.dataformat.",
                                    " java.util.logging.")
                            .anyMatch(line::contains)))
                    .isEmpty();
        }
    }
}

package io.mlengine.plugins.cases;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder for the files of one plan, gone with the test: dynamic tests have no {@code @TempDir}.
 *
 * @param path where it is
 */
record PlanFolder(Path path) implements AutoCloseable {
    static PlanFolder create() throws IOException {
        return new PlanFolder(Files.createTempDirectory("mlengine-plan"));
    }

    @Override
    public void close() throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.list(path)) {
            files = found.toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
        Files.delete(path);
    }
}

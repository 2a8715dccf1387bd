package io.mlengine.core.convert;

import io.mlengine.build.testing.Module;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Public samples of Kubeflow, written anew with the same structure and values. */
final class Samples {
    private static final Path FOLDER = Module.folder().resolve("src/test/resources/convert");

    private Samples() {}

    static List<String> names() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml"))
                    .map(name -> name.replace(".yaml", ""))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(String name) {
        try {
            return Files.readAllBytes(FOLDER.resolve(name + ".yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Conversion conversion(String name) {
        return ForeignJobs.of(name + ".yaml", bytes(name)).convert();
    }
}

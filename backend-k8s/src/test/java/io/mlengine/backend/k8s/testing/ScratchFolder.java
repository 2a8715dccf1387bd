package io.mlengine.backend.k8s.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A temporary folder, in memory where the machine has that, which is gone some moments after this JVM has ended. */
final class ScratchFolder {
    private static final Path IN_MEMORY = Path.of("/dev/shm");

    // Servers that use the folder are killed at the same moment, so the first tries may fail.
    private static final String SWEEP =
            "read -r line; for try in 1 2 3 4 5 6 7 8 9; do rm -rf \"$1\" 2>/dev/null && exit; sleep 0.2; done";

    private ScratchFolder() {}

    static Path create() {
        try {
            Path folder = Files.isWritable(IN_MEMORY)
                    ? Files.createTempDirectory(IN_MEMORY, "mlengine-k8s-")
                    : Files.createTempDirectory("mlengine-k8s-");
            new ProcessBuilder("setsid", "sh", "-c", SWEEP, "sh", folder.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

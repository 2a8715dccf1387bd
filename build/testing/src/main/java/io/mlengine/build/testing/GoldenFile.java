package io.mlengine.build.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A text that a test compares with a file under {@code src/test/resources} of its module. Run the test with {@code
 * -Dmlengine.golden.update=true} to write the file anew, then read the diff before you commit it.
 */
public final class GoldenFile {
    private final Path file;

    private GoldenFile(Path file) {
        this.file = file;
    }

    /** The golden file {@code name}, relative to {@code src/test/resources} of the module that is running. */
    public static GoldenFile named(String name) {
        return new GoldenFile(Module.folder().resolve("src/test/resources").resolve(name));
    }

    /** Fails if {@code actual} differs from the file; in update mode writes the file instead. */
    public void assertMatches(String actual) {
        try {
            if (Boolean.getBoolean("mlengine.golden.update")) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, actual);
                return;
            }
            assertThat(file).exists();
            assertThat(actual)
                    .as("%s; if the change is meant, run this test with -Dmlengine.golden.update=true", file)
                    .isEqualTo(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.mlengine.backend.k8s.testing;

import io.mlengine.build.testing.Module;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.TestReporter;

/** What a test has measured: reported, and appended to {@code target/figures.txt}, since Maven prints no reports. */
public final class Figures {
    private static final Path FILE = Module.folder().resolve("target/figures.txt");

    private Figures() {}

    /** Notes one line, such as {@code until all run: 10 times, least 3 ms}. */
    public static synchronized void note(TestReporter reporter, String what, String figure) {
        reporter.publishEntry(what, figure);
        try {
            Files.writeString(FILE, what + ": " + figure + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

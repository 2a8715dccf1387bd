package io.mlengine.backend.k8s.resource;

import io.mlengine.build.testing.Module;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The job documents that this repository shows to users. */
final class Documents {
    private static final Pattern BLOCK = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    private Documents() {}

    static Path root() {
        return Module.folder().resolve("..").normalize();
    }

    /** Every example and every whole document on the page about documents. */
    static List<String> all() {
        List<String> texts = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root().resolve("examples"), 2)) {
            files.filter(file -> file.toString().endsWith(".yaml")).sorted().forEach(file -> texts.add(read(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Matcher block = BLOCK.matcher(read(root().resolve("docs/job-document.md")));
        while (block.find()) {
            texts.add(block.group(1));
        }
        texts.removeIf(text -> !text.contains("kind: MLTrain"));
        return texts;
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.mlengine.backend.k8s.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.build.testing.Module;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the page on security says stands on tests, and these are there. */
class SecurityPageTest {
    private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w*(?:Test|IT|Properties))(?:\\.(\\w+))?`");

    @Test
    void everyTestThatThePageNamesIsThere() throws IOException {
        Path folder = Module.folder();
        Matcher named = NAMED.matcher(Files.readString(folder.resolve("../docs/security.md")));
        List<String> missing = new ArrayList<>();
        int count = 0;
        while (named.find()) {
            count++;
            String method = named.group(2) == null ? "class " + named.group(1) : "void " + named.group(2) + "(";
            if (!source(folder.resolve("src/test/java"), named.group(1)).contains(method)) {
                missing.add(named.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(count).isGreaterThan(30);
    }

    private static String source(Path folder, String name) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            Path found = files.filter(file -> file.getFileName().toString().equals(name + ".java"))
                    .findFirst()
                    .orElse(null);
            return found == null ? "" : Files.readString(found);
        }
    }
}

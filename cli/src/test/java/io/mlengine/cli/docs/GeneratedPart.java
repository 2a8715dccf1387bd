package io.mlengine.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The part of a page between {@code <!-- generated: name -->} and {@code <!-- end: name -->}. Run its test with {@code
 * -Dmlengine.golden.update=true} to write it anew.
 */
final class GeneratedPart {
    private GeneratedPart() {}

    /** The same for a whole block of code. */
    static void assertMatches(Page.Fence fence, String generated) throws IOException {
        if (Boolean.getBoolean("mlengine.golden.update")) {
            Path file = Page.REPOSITORY.resolve(fence.page());
            String text = Files.readString(file);
            int opening = text.indexOf("```" + fence.language() + "\n", lineStart(text, fence.line() - 1));
            int from = text.indexOf('\n', opening) + 1;
            Files.writeString(
                    file,
                    text.substring(0, from)
                            + generated
                            + text.substring(from + fence.text().length()));
            return;
        }
        assertThat(fence.text())
                .as("%s; if the change is meant, run this test with -Dmlengine.golden.update=true", fence.place())
                .isEqualTo(generated);
    }

    private static int lineStart(String text, int line) {
        int start = 0;
        for (int i = 1; i < line; i++) {
            start = text.indexOf('\n', start) + 1;
        }
        return start;
    }

    static void assertMatches(String page, String name, String generated) throws IOException {
        Path file = Page.REPOSITORY.resolve(page);
        String text = Files.readString(file);
        String begin = "<!-- generated: " + name + " -->\n";
        String end = "<!-- end: " + name + " -->\n";
        int from = text.indexOf(begin) + begin.length();
        int to = text.indexOf(end);
        assertThat(text)
                .as("%s has a part named %s", page, name)
                .contains(begin)
                .contains(end);
        if (Boolean.getBoolean("mlengine.golden.update")) {
            Files.writeString(file, text.substring(0, from) + "\n" + generated + "\n" + text.substring(to));
            return;
        }
        assertThat(text.substring(from, to).strip())
                .as("%s, %s; if the change is meant, run this test with -Dmlengine.golden.update=true", page, name)
                .isEqualTo(generated.strip());
    }
}

package io.mlengine.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each example is a folder that can be copied as it is, so what several of them need stands in each. */
class ExamplesTest {
    @Test
    void allHaveTheSameClient() throws IOException {
        List<Path> copies;
        try (Stream<Path> files = Files.walk(Page.REPOSITORY.resolve("examples"), 2)) {
            copies = files.filter(file -> file.endsWith("mlengine_client.py")).toList();
        }
        assertThat(copies).hasSizeGreaterThan(1);
        for (Path copy : copies) {
            assertThat(copy).hasSameTextualContentAs(copies.get(0));
        }
    }
}

package io.mlengine.backend.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLookupTest {
    @TempDir
    Path folder;

    private Path program(String name, boolean isExecutable) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, "#!/bin/sh\n");
        assertThat(file.toFile().setExecutable(isExecutable)).isTrue();
        return file;
    }

    @Test
    void theFirstExecutableFileOnThePathIsTaken() throws Exception {
        program("one/tool", false);
        Path second = program("two/tool", true);
        assertThat(CommandLookup.resolve(List.of("tool", "x"), folder, folder + "/one:" + folder + "/two"))
                .containsExactly(second.toString(), "x");
    }

    @Test
    void aRelativePathBeginsInTheWorkingFolder() throws Exception {
        Path script = program("run.sh", true);
        assertThat(CommandLookup.resolve(List.of("./run.sh"), folder, "/bin").get(0))
                .isEqualTo(folder.resolve("./run.sh").toString());
        assertThat(script).exists();
    }

    @Test
    void whatCannotRunIsToldInPlainWords() throws Exception {
        program("data", false);
        assertThatThrownBy(() -> CommandLookup.resolve(List.of(), folder, "/bin"))
                .hasMessageContaining("no command");
        assertThatThrownBy(() -> CommandLookup.resolve(List.of("pyhton"), folder, "/bin:/usr/bin"))
                .hasMessage("the program pyhton was not found on PATH=/bin:/usr/bin");
        assertThatThrownBy(() -> CommandLookup.resolve(List.of("./data"), folder, "/bin"))
                .hasMessageContaining("may not be executed");
        assertThatThrownBy(() -> CommandLookup.resolve(List.of("./nothing"), folder, "/bin"))
                .hasMessageContaining("there is no program");
    }
}

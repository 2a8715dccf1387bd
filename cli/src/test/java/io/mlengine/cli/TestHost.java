package io.mlengine.cli;

import io.mlengine.cli.host.Host;
import io.mlengine.cli.host.LocalInstallation;
import io.mlengine.cli.terminal.TerminalFacts;
import io.mlengine.core.time.SystemClock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/** Runs commands inside the test's JVM, without terminals, below a folder of the test. */
final class TestHost {
    private final SortedMap<String, String> environment = new TreeMap<>();
    private final Path folder;
    private String input = "";

    TestHost(Path folder) {
        this.folder = folder;
        environment.put("MLENGINE_STORE", folder.resolve("state").toString());
        environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        environment.put("PATH", System.getenv().getOrDefault("PATH", ""));
        environment.put("LANG", "C.UTF-8");
    }

    TestHost input(String text) {
        input = text;
        return this;
    }

    Path folder() {
        return folder;
    }

    record Result(int code, String output, String error) {}

    Result run(String... words) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream error = new ByteArrayOutputStream();
        try (SystemClock clock = new SystemClock()) {
            Host host = new Host(
                    new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                    new PrintStream(output, true, StandardCharsets.UTF_8),
                    new PrintStream(error, true, StandardCharsets.UTF_8),
                    TerminalFacts.NONE,
                    environment,
                    folder,
                    clock,
                    new LocalInstallation(environment, folder));
            int code = Commands.run(host, words);
            return new Result(code, output.toString(StandardCharsets.UTF_8), error.toString(StandardCharsets.UTF_8));
        }
    }
}

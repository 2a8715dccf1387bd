package io.mlengine.cli;

import static java.util.Objects.requireNonNull;

import io.mlengine.cli.host.Host;
import io.mlengine.cli.host.LocalInstallation;
import io.mlengine.cli.terminal.TerminalFacts;
import io.mlengine.core.time.SystemClock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine;

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

    TestHost variable(String name, String value) {
        environment.put(name, value);
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
            int code = Commands.run(host(clock, output, error), words);
            return new Result(code, output.toString(StandardCharsets.UTF_8), error.toString(StandardCharsets.UTF_8));
        }
    }

    /** The commands that stand below one. */
    List<String> nested(String command) {
        try (SystemClock clock = new SystemClock()) {
            Host host = host(clock, new ByteArrayOutputStream(), new ByteArrayOutputStream());
            CommandLine above =
                    requireNonNull(Commands.model(host).getSubcommands().get(command));
            return List.copyOf(above.getSubcommands().keySet());
        }
    }

    private Host host(SystemClock clock, ByteArrayOutputStream output, ByteArrayOutputStream error) {
        return new Host(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(output, true, StandardCharsets.UTF_8),
                new PrintStream(error, true, StandardCharsets.UTF_8),
                TerminalFacts.NONE,
                environment,
                folder,
                clock,
                new LocalInstallation(environment, folder));
    }
}

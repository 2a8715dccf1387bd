package io.mlengine.cli;

import io.mlengine.cli.host.Host;
import io.mlengine.cli.host.Installation;
import io.mlengine.cli.host.LocalInstallation;
import io.mlengine.cli.terminal.TerminalFacts;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.time.SystemClock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Loads the classes that commands need, so that the JVM can put them into its archive when this ends. Run by the
 * launcher in the background; starts no job and leaves nothing behind.
 */
public final class Training {
    private Training() {}

    /**
     * Runs commands without showing what they say.
     *
     * @param words ignored
     * @throws IOException when there is no room for a temporary folder
     */
    public static void main(String[] words) throws IOException {
        Path folder = Files.createTempDirectory("mlengine-training");
        SortedMap<String, String> environment = new TreeMap<>(System.getenv());
        environment.put("MLENGINE_STORE", folder.toString());
        Path home = Path.of(System.getProperty("user.home", "/"));
        LocalInstallation installation = new LocalInstallation(environment, home);
        try (SystemClock clock = new SystemClock()) {
            for (String[] command : new String[][] {
                {"version", "-o", "json"},
                {"validate", "-"},
                {"validate", "-", "-o", "json"},
                {"validate"},
                {"schema"},
                {"list"},
                {"logs", "nothing"},
                {"usage", "nothing"},
                {"plugins"},
                {"environments"},
                {"init", "command", "-"},
                {"run", "--help"},
                {"help"}
            }) {
                Host host = new Host(
                        new ByteArrayInputStream(template()),
                        nowhere(),
                        nowhere(),
                        TerminalFacts.NONE,
                        environment,
                        home,
                        clock,
                        installation);
                Commands.run(host, command);
            }
            try (MLEngine engine = installation.open(new Installation.EngineSetup(folder, 0, List.of()))) {
                engine.health();
            }
        } finally {
            delete(folder);
        }
        System.exit(0);
    }

    private static byte[] template() throws IOException {
        try (InputStream in = Training.class.getResourceAsStream("/io/mlengine/cli/templates/pytorch.yaml")) {
            return in == null ? new byte[0] : in.readAllBytes();
        }
    }

    private static PrintStream nowhere() {
        return new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
    }

    private static void delete(Path folder) throws IOException {
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}

package io.mlengine.backend.local.prepare;

import io.mlengine.backend.local.tool.Tool;
import io.mlengine.backend.local.tool.ToolResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an interpreter says about itself.
 *
 * @param executable the program itself, where a shim such as pyenv's was asked
 * @param version for example {@code 3.11.7}
 * @param folders where it looks for packages
 * @param canMakeEnvironments whether it has the modules {@code venv} and {@code ensurepip}
 * @param unmet those of the requirements asked about that it does not meet
 */
record PythonInterpreter(
        Path executable, String version, List<Path> folders, boolean canMakeEnvironments, List<String> unmet) {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String PROBE = probe();

    PythonInterpreter {
        folders = List.copyOf(folders);
        unmet = List.copyOf(unmet);
    }

    /** Runs it once; empty when it does not run or is no Python 3.7 or newer. */
    static Optional<PythonInterpreter> ask(Path program, List<String> requirements) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString(), "-c", PROBE));
        command.addAll(requirements);
        try {
            ToolResult result = Tool.of(command)
                    .limit(LIMIT)
                    .with("PYTHONDONTWRITEBYTECODE", "1")
                    .with("PYTHONIOENCODING", "utf-8")
                    .run();
            return result.isSuccess() ? parse(result.lines()) : Optional.empty();
        } catch (IOException e) {
            // Not a program that this machine can run: then it is no interpreter for us.
            return Optional.empty();
        }
    }

    private static Optional<PythonInterpreter> parse(List<String> lines) {
        String executable = "";
        String version = "";
        List<Path> folders = new ArrayList<>();
        boolean canMakeEnvironments = false;
        List<String> unmet = new ArrayList<>();
        for (String line : lines) {
            int tab = line.indexOf('\t');
            String value = line.substring(tab + 1);
            switch (tab < 0 ? "" : line.substring(0, tab)) {
                case "executable" -> executable = value;
                case "version" -> version = value;
                case "folder" -> folders.add(Path.of(value));
                case "venv" -> canMakeEnvironments = value.equals("yes");
                case "unmet" -> unmet.add(value);
                default -> {
                    // A site customisation of the interpreter that prints something.
                }
            }
        }
        return executable.isEmpty() || version.isEmpty()
                ? Optional.empty()
                : Optional.of(new PythonInterpreter(Path.of(executable), version, folders, canMakeEnvironments, unmet));
    }

    private static String probe() {
        try (InputStream stream = PythonInterpreter.class.getResourceAsStream("probe.py")) {
            if (stream == null) {
                throw new IllegalStateException("probe.py is missing from the jar");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

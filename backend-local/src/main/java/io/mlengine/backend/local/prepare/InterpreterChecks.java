package io.mlengine.backend.local.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers what interpreters said about requirements, since asking takes a tenth of a second each. An answer counts as
 * long as neither the interpreter nor any folder of its packages has changed: pip touches the folder.
 */
final class InterpreterChecks {
    private static final Logger LOG = LoggerFactory.getLogger(InterpreterChecks.class);

    private final Path folder;

    InterpreterChecks(Path folder) {
        this.folder = folder;
    }

    /** What the interpreter says, from memory if possible. */
    Optional<PythonInterpreter> ask(Path program, List<String> requirements) throws InterruptedException {
        try {
            if (isScript(program)) {
                // A shim may choose another interpreter tomorrow without being touched, so it is asked each time.
                return PythonInterpreter.ask(program, requirements);
            }
            Path file = folder.resolve(Digest.of(program.toString(), String.join("\n", requirements)) + ".check");
            Optional<PythonInterpreter> remembered = recall(file, program, requirements);
            if (remembered.isPresent()) {
                return remembered;
            }
            Optional<PythonInterpreter> answer = PythonInterpreter.ask(program, requirements);
            if (answer.isPresent()) {
                remember(file, program, answer.get());
            }
            return answer;
        } catch (IOException e) {
            LOG.debug("answers of {} are not remembered: {}", program, e.toString());
            return PythonInterpreter.ask(program, requirements);
        }
    }

    private static boolean isScript(Path program) throws IOException {
        try (InputStream stream = Files.newInputStream(program)) {
            return stream.read() == '#' && stream.read() == '!';
        }
    }

    private static Optional<PythonInterpreter> recall(Path file, Path program, List<String> requirements)
            throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            // Never asked so far.
            return Optional.empty();
        }
        if (lines.size() < 4
                || !lines.get(lines.size() - 1).equals("end")
                || !lines.get(0).equals(stamp(program))) {
            return Optional.empty();
        }
        List<Path> folders = new ArrayList<>();
        List<String> unmet = new ArrayList<>();
        for (String line : lines.subList(4, lines.size() - 1)) {
            if (line.startsWith("unmet ")) {
                unmet.add(line.substring(6));
            } else {
                int space = line.indexOf(' ');
                Path packages = Path.of(line.substring(space + 1));
                if (!line.equals(stamp(packages))) {
                    return Optional.empty();
                }
                folders.add(packages);
            }
        }
        return requirements.containsAll(unmet)
                ? Optional.of(new PythonInterpreter(
                        Path.of(lines.get(1)),
                        lines.get(2),
                        folders,
                        lines.get(3).equals("venv"),
                        unmet))
                : Optional.empty();
    }

    private void remember(Path file, Path program, PythonInterpreter answer) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(stamp(program));
        lines.add(answer.executable().toString());
        lines.add(answer.version());
        lines.add(answer.canMakeEnvironments() ? "venv" : "no venv");
        for (Path packages : answer.folders()) {
            lines.add(stamp(packages));
        }
        answer.unmet().forEach(requirement -> lines.add("unmet " + requirement));
        lines.add("end");
        Files.createDirectories(folder);
        Path draft = Files.createTempFile(folder, "draft", ".tmp");
        Files.write(draft, lines);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String stamp(Path path) throws IOException {
        return Files.getLastModifiedTime(path).toMillis() + " " + path;
    }
}

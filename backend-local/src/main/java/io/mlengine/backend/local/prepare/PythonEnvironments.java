package io.mlengine.backend.local.prepare;

import io.mlengine.backend.local.tool.Tool;
import io.mlengine.spi.model.PythonEnvironment;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Finds the Python of a job: the one that it names, else the first one of this machine that already meets its
 * requirements, else a virtual environment that is made once and kept in the cache.
 */
public final class PythonEnvironments {
    private final Path folder;
    private final Map<String, String> environment;
    private final InterpreterChecks checks;
    private final VirtualEnvironments environments;

    /** Environments that are kept in a folder {@code python} of this cache. */
    public PythonEnvironments(Path cache, Map<String, String> environment) {
        this.folder = cache.resolve("python");
        this.environment = environment;
        this.checks = new InterpreterChecks(folder.resolve("checks"));
        this.environments = new VirtualEnvironments(folder);
    }

    /**
     * Finds or makes what a job asks for. May take minutes; ten callers that ask for the same make it once. The caller
     * ends the use of what it gets.
     *
     * @param wanted what the job asks for
     * @param progress hears what is going on, at least every three seconds while something is made
     */
    public PythonPlace resolve(PythonEnvironment wanted, Consumer<String> progress) throws PreparationException {
        try {
            // Options such as an index to look in say nothing about what must be there.
            List<String> judged = wanted.requirements().stream()
                    .filter(requirement -> !requirement.matches(
                            "\\s*(--(extra-)?index-url|-i|--find-links|-f|--pre|--no-index|--trusted-host)\\b.*"))
                    .toList();
            if (wanted.interpreter().isPresent()) {
                return named(wanted.interpreter().get(), judged, progress);
            }
            Optional<PythonInterpreter> maker = Optional.empty();
            List<String> found = new ArrayList<>();
            Set<Path> seen = new TreeSet<>();
            for (Path candidate : candidates()) {
                Optional<PythonInterpreter> interpreter = checks.ask(candidate, judged);
                if (interpreter.isEmpty()) {
                    continue;
                }
                PythonInterpreter known = interpreter.get();
                if (!seen.add(known.executable())) {
                    continue;
                }
                if (known.unmet().isEmpty()) {
                    progress.accept("python: " + known.executable() + " (" + known.version() + ") meets "
                            + (judged.isEmpty() ? "the job's wishes" : String.join(", ", judged)));
                    return place(known.executable());
                }
                found.add(known.executable() + " lacks " + String.join(", ", known.unmet()));
                if (known.canMakeEnvironments() && isBetterMaker(known, maker, wanted)) {
                    maker = interpreter;
                }
            }
            if (maker.isEmpty()) {
                throw PreparationException.wrong(
                        "PythonMissing",
                        "No Python on this machine meets the job's requirements, and none can make an environment ("
                                + (found.isEmpty() ? "no Python 3.7 or newer was found" : String.join("; ", found))
                                + "). Maybe install python3 and python3-venv, or set MLENGINE_PYTHON.");
            }
            return environments.make(maker.get(), wanted, progress);
        } catch (IOException e) {
            throw PreparationException.diskTrouble("The Python environment could not be made ready", e);
        } catch (InterruptedException e) {
            throw PreparationException.interrupted(e);
        }
    }

    /** The first will do, unless its own packages count: then it is the one that leaves pip least to do. */
    private static boolean isBetterMaker(
            PythonInterpreter candidate, Optional<PythonInterpreter> best, PythonEnvironment wanted) {
        return best.isEmpty()
                || wanted.systemSitePackages()
                        && candidate.unmet().size() < best.get().unmet().size();
    }

    /**
     * For jobs that ask for no Python: many machines have {@code python3} but no {@code python}.
     *
     * @return a folder with {@code python}, or empty when the PATH has one already, or no python3 either
     */
    public Optional<Path> pythonShim() throws PreparationException {
        if (Tool.find("python", environment).isPresent()) {
            return Optional.empty();
        }
        Optional<Path> python3 = Tool.find("python3", environment);
        try {
            return python3.isEmpty() ? Optional.empty() : Optional.of(shim(python3.get()));
        } catch (IOException e) {
            throw PreparationException.diskTrouble("A folder for python could not be made", e);
        }
    }

    private PythonPlace named(String interpreter, List<String> requirements, Consumer<String> progress)
            throws PreparationException, IOException, InterruptedException {
        Path path = Path.of(interpreter);
        if (!path.isAbsolute()) {
            path = Tool.find(interpreter, environment)
                    .orElseThrow(() -> PreparationException.wrong(
                            "PythonMissing",
                            "There is no interpreter " + interpreter + " on the PATH. Maybe give its full path in"
                                    + " environment.python.interpreter."));
        }
        if (!Files.isExecutable(path) || Files.isDirectory(path)) {
            throw PreparationException.wrong(
                    "PythonMissing",
                    "The interpreter " + path + (Files.exists(path) ? " cannot be executed." : " does not exist.")
                            + " Maybe correct environment.python.interpreter.");
        }
        Optional<PythonInterpreter> known = checks.ask(path, requirements);
        if (known.isEmpty()) {
            throw PreparationException.wrong(
                    "PythonMissing", path + " does not run as Python 3.7 or newer. Maybe name another interpreter.");
        }
        if (!known.get().unmet().isEmpty()) {
            progress.accept("python: " + path + " is used as it is, although it lacks "
                    + String.join(", ", known.get().unmet()));
        }
        return place(known.get().executable());
    }

    private Set<Path> candidates() {
        Set<Path> candidates = new LinkedHashSet<>();
        Optional.ofNullable(environment.get("MLENGINE_PYTHON")).map(Path::of).ifPresent(candidates::add);
        Optional.ofNullable(environment.get("VIRTUAL_ENV"))
                .map(folder -> Path.of(folder, "bin", "python"))
                .ifPresent(candidates::add);
        Tool.find("python3", environment).ifPresent(candidates::add);
        Tool.find("python", environment).ifPresent(candidates::add);
        candidates.add(Path.of("/usr/bin/python3"));
        candidates.removeIf(path -> !Files.isExecutable(path));
        return candidates;
    }

    private PythonPlace place(Path python) throws IOException {
        Path bin = python.toAbsolutePath().getParent();
        // Whole system folders in front of the PATH would also change which of all other programs is found.
        boolean isOwnFolder = bin != null
                && !Set.of("/usr/bin", "/bin", "/usr/local/bin").contains(bin.toString())
                && isSame(bin.resolve("python"), python)
                && isSame(bin.resolve("python3"), python);
        return new PythonPlace(isOwnFolder && bin != null ? bin : shim(python), python, false, EnvironmentUse.NONE);
    }

    private static boolean isSame(Path path, Path python) throws IOException {
        return Files.exists(path) && Files.isSameFile(path, python);
    }

    private Path shim(Path python) throws IOException {
        Path shims =
                folder.resolve("shims").resolve(Digest.of(python.toString()).substring(0, 16));
        Files.createDirectories(shims);
        for (String name : List.of("python", "python3")) {
            Path script = shims.resolve(name);
            if (!Files.exists(script, LinkOption.NOFOLLOW_LINKS)) {
                link(script, python);
            }
        }
        return shims;
    }

    // A link would do for a system's Python, but one inside a virtual environment finds its packages by its own path.
    private static void link(Path script, Path python) throws IOException {
        Path draft = Files.createTempFile(script.getParent(), "draft", ".tmp");
        GitCheckouts.writeScript(draft, "#!/bin/sh\nexec '" + python.toString().replace("'", "'\\''") + "' \"$@\"\n");
        try {
            Files.createLink(script, draft);
        } catch (FileAlreadyExistsException e) {
            // Another engine was quicker with the same text.
            return;
        } finally {
            Files.delete(draft);
        }
    }
}

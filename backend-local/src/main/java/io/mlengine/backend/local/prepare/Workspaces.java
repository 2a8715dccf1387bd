package io.mlengine.backend.local.prepare;

import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.CodeSource;
import io.mlengine.spi.model.GitSource;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.PythonEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Makes ready what an attempt needs before its processes start: folders, code, inputs and Python. */
public final class Workspaces {
    private static final Duration GIT_LIMIT = Duration.ofMinutes(10);

    private final LocalFolders folders;
    private final GitCheckouts checkouts;
    private final PythonEnvironments pythons;

    Workspaces(LocalFolders folders, GitCheckouts checkouts, PythonEnvironments pythons) {
        this.folders = folders;
        this.checkouts = checkouts;
        this.pythons = pythons;
    }

    /**
     * Workspaces in these folders.
     *
     * @param folders where everything lies
     * @param secrets where the credentials of repositories come from
     * @param environment the engine's own variables
     */
    public static Workspaces of(LocalFolders folders, SecretResolver secrets, Map<String, String> environment) {
        return new Workspaces(
                folders,
                new GitCheckouts(folders.cache(), secrets, environment, GIT_LIMIT),
                new PythonEnvironments(folders.cache(), environment));
    }

    /** The folders of a job. */
    public JobFolders folders(JobId job) {
        return folders.job(job);
    }

    /**
     * Makes everything ready; may take minutes. Doing it again for the same attempt gives the same, but for the use of
     * Python's environment, which the caller ends.
     *
     * @param job the job
     * @param attempt the attempt
     * @param shape what it asks for
     * @param progress hears in short lines what is going on
     * @throws PreparationException when something is missing
     */
    public Workspace prepare(JobId job, AttemptId attempt, JobShape shape, Consumer<String> progress)
            throws PreparationException {
        JobFolders places = folders.job(job);
        Path work = places.work(attempt);
        try {
            Files.createDirectories(places.outputs());
            Files.createDirectories(places.checkpoints());
            Files.createDirectories(work);
        } catch (IOException e) {
            throw PreparationException.diskTrouble("The job's folder could not be made", e);
        }
        SortedMap<String, String> variables = new TreeMap<>();
        List<String> prefixes = new ArrayList<>();
        Path code = code(shape.code().orElseGet(() -> CodeSource.builder().build()), work, variables, progress);
        variables.putAll(Inputs.link(shape.inputs(), code, work));
        EnvironmentUse use = EnvironmentUse.NONE;
        Optional<PythonEnvironment> python = shape.environment().python();
        if (python.isPresent()) {
            PythonPlace place = pythons.resolve(python.get(), progress);
            use = place.use();
            prefixes.add(place.binFolder().toString());
            if (place.isEnvironment()) {
                variables.put("VIRTUAL_ENV", String.valueOf(place.binFolder().getParent()));
            }
        } else {
            pythons.pythonShim().ifPresent(shim -> prefixes.add(shim.toString()));
        }
        return new Workspace(code, work, prefixes, variables, use);
    }

    private Path code(CodeSource source, Path work, SortedMap<String, String> variables, Consumer<String> progress)
            throws PreparationException {
        if (source.git().isPresent()) {
            return checkout(source.git().get(), work, variables, progress);
        }
        if (source.path().isEmpty()) {
            return work;
        }
        Path folder = Path.of(source.path().get());
        if (!folder.isAbsolute()) {
            throw PreparationException.wrong(
                    "CodePathRelative",
                    "code.path must be absolute here, but is " + folder
                            + ". Maybe it was meant relative to the job's document.");
        }
        if (!Files.isDirectory(folder)) {
            throw PreparationException.wrong(
                    "CodeMissing",
                    "The job's code is not there: " + folder
                            + (Files.exists(folder) ? " is no folder." : " does not exist.")
                            + " Maybe correct code.path.");
        }
        return folder.normalize();
    }

    private Path checkout(GitSource source, Path work, SortedMap<String, String> variables, Consumer<String> progress)
            throws PreparationException {
        Path target = work.resolve("code");
        try {
            // What an interrupted preparation of the same attempt has left would mix with the new files.
            Trees.delete(target);
            String commit = checkouts.checkout(source, target, progress);
            variables.put(Workspace.CODE_COMMIT, commit);
            Path folder = target.resolve(source.path().orElse("")).normalize();
            if (!Files.isDirectory(folder) || !folder.toRealPath().startsWith(target.toRealPath())) {
                throw PreparationException.wrong(
                        "CodeMissing",
                        "There is no folder " + source.path().orElse("") + " in " + source.repository() + " at commit "
                                + commit + ". Maybe correct code.git.path.");
            }
            return folder;
        } catch (IOException e) {
            throw PreparationException.diskTrouble("The code could not be written to " + target, e);
        }
    }
}

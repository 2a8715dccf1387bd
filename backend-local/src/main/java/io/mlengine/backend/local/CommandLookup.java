package io.mlengine.backend.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds the program of a command as a shell would, so that a wrong one is told in plain words before it starts. */
final class CommandLookup {
    private CommandLookup() {}

    /**
     * Makes a command's first word absolute.
     *
     * @param command program and arguments
     * @param workingFolder where a relative path begins
     * @param searchPath value of PATH that the process will have
     */
    static List<String> resolve(List<String> command, Path workingFolder, String searchPath) throws LaunchFailure {
        if (command.isEmpty()) {
            throw LaunchFailure.configuration(
                    "CommandMissing", "the role has no command, and on this machine there is no image to give one");
        }
        String program = command.get(0);
        Path found = program.contains("/") ? path(program, workingFolder) : search(program, workingFolder, searchPath);
        List<String> words = new ArrayList<>(command);
        words.set(0, found.toString());
        return List.copyOf(words);
    }

    private static Path path(String program, Path workingFolder) throws LaunchFailure {
        Path file = workingFolder.resolve(program);
        if (!Files.isRegularFile(file)) {
            throw LaunchFailure.configuration(
                    "CommandNotFound", "there is no program " + program + " (looked at " + file + ")");
        }
        if (!Files.isExecutable(file)) {
            throw notExecutable(file);
        }
        return file;
    }

    private static Path search(String program, Path workingFolder, String searchPath) throws LaunchFailure {
        Path unusable = null;
        for (String folder : searchPath.split(":")) {
            Path file = workingFolder.resolve(folder).resolve(program);
            if (Files.isRegularFile(file)) {
                if (Files.isExecutable(file)) {
                    return file;
                }
                unusable = unusable == null ? file : unusable;
            }
        }
        if (unusable != null) {
            throw notExecutable(unusable);
        }
        throw LaunchFailure.configuration(
                "CommandNotFound", "the program " + program + " was not found on PATH=" + searchPath);
    }

    private static LaunchFailure notExecutable(Path file) {
        return LaunchFailure.configuration(
                "CommandNotExecutable", file + " may not be executed; maybe run chmod +x on it");
    }
}

package io.mlengine.backend.local.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Tells whether limits of memory and CPU can be set here. */
final class Cgroups {
    private static final String NAME = "cgroup";

    private Cgroups() {}

    static Check check(Path root, Path ownGroups) throws IOException {
        boolean isUnified = Files.exists(root.resolve("cgroup.controllers"));
        if (isUnified) {
            String own = own(ownGroups, "0::");
            Path group = root.resolve(own);
            return Files.isWritable(group) && Files.isWritable(group.resolve("cgroup.subtree_control"))
                    ? Check.ok(NAME, "version 2, writable at " + group)
                    : notWritable("version 2, " + group);
        }
        Path memory = root.resolve("memory");
        if (!Files.isDirectory(memory)) {
            return Check.warning(
                    NAME,
                    "none at " + root,
                    "Jobs run without limits of memory and CPU, and OOM is told from KILL less surely.");
        }
        Path group = memory.resolve(own(ownGroups, "memory:"));
        // A container sees its own group as the root of the hierarchy, under a path that exists only outside.
        Path seen = Files.isDirectory(group) ? group : memory;
        return Files.isWritable(seen)
                ? Check.ok(NAME, "version 1, writable at " + seen)
                : notWritable("version 1, " + seen);
    }

    private static Check notWritable(String found) {
        return Check.warning(
                NAME,
                found + " is not writable",
                "Jobs run without limits of memory and CPU. Start the engine with: systemd-run --user --scope -p Delegate=yes");
    }

    private static String own(Path ownGroups, String controller) throws IOException {
        List<String> lines = Files.readAllLines(ownGroups);
        for (String line : lines) {
            int at = line.indexOf(controller);
            if (at >= 0) {
                return line.substring(at + controller.length()).replaceFirst("^/+", "");
            }
        }
        return "";
    }
}

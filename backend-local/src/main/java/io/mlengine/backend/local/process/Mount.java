package io.mlengine.backend.local.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One line of {@code /proc/self/mounts}. */
record Mount(Path folder, String type, List<String> options) {
    static List<Mount> all(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> line.split(" "))
                .filter(fields -> fields.length > 3 && fields[2].startsWith("cgroup"))
                .map(fields -> new Mount(Path.of(fields[1]), fields[2], List.of(fields[3].split(","))))
                .toList();
    }

    /** Finds a process's group in {@code /proc/self/cgroup}; the controller's name is empty for version 2. */
    static String ownGroup(List<String> lines, String controller) {
        for (String line : lines) {
            String[] fields = line.split(":", 3);
            boolean matches = controller.isEmpty()
                    ? fields[0].equals("0") && fields[1].isEmpty()
                    : List.of(fields[1].split(",")).contains(controller);
            if (matches) {
                return fields[2];
            }
        }
        return "/";
    }

    Path resolve(String group) {
        // Inside a container the group may name a folder that is not mounted here.
        Path own = folder.resolve(group.substring(1)).normalize();
        return own.startsWith(folder) && Files.isDirectory(own) ? own : folder;
    }
}

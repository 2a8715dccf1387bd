package io.mlengine.backend.local.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A control group as the folders it has in the hierarchies. */
final class FolderGroup implements ControlGroup {
    private static final Logger LOG = LoggerFactory.getLogger(FolderGroup.class);

    private final List<Path> folders;

    FolderGroup(List<Path> folders) {
        this.folders = List.copyOf(folders);
    }

    @Override
    public List<Path> joins() {
        return folders.stream().map(folder -> folder.resolve("cgroup.procs")).toList();
    }

    @Override
    public List<Long> members() {
        TreeSet<Long> members = new TreeSet<>();
        for (Path file : joins()) {
            lines(file).forEach(line -> members.add(Long.parseLong(line)));
        }
        return List.copyOf(members);
    }

    @Override
    public void kill() {
        for (Path folder : folders) {
            Path atOnce = folder.resolve("cgroup.kill");
            if (Files.exists(atOnce)) {
                try {
                    Files.writeString(atOnce, "1");
                } catch (IOException e) {
                    LOG.debug("{} refuses: {}", atOnce, e.toString());
                }
            }
        }
        Signals.sendToAll(members(), Signals.KILL);
    }

    @Override
    public boolean hasKilledForMemory() {
        for (Path folder : folders) {
            List<String> lines = new ArrayList<>(lines(folder.resolve("memory.events")));
            lines.addAll(lines(folder.resolve("memory.oom_control")));
            for (String line : lines) {
                if (line.startsWith("oom_kill ") && !line.equals("oom_kill 0")) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public void remove() {
        for (Path folder : folders) {
            try {
                Files.deleteIfExists(folder);
            } catch (IOException e) {
                LOG.warn("a control group stays behind group={} cause={}", folder, e.toString());
            }
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException missing) {
            return List.of();
        }
    }
}

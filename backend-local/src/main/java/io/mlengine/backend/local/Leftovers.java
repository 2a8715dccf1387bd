package io.mlengine.backend.local;

import io.mlengine.backend.local.process.ControlGroup;
import io.mlengine.backend.local.process.ControlGroups;
import io.mlengine.backend.local.process.ProcessTable;
import io.mlengine.backend.local.process.ReplicaFiles;
import io.mlengine.backend.local.process.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kills replicas whose engine has died, so that a new engine begins on a clean machine. */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    private static final long POLL_NANOS = Duration.ofMillis(5).toNanos();

    private Leftovers() {}

    /**
     * Looks through the files of live replicas; those of engines that live are left alone.
     *
     * @param liveFolder where each live replica has a file named by its uid: engine's number, start time, count
     * @return number of replicas that were found and ended
     */
    static int sweep(Path liveFolder, ControlGroups groups) throws IOException {
        if (!Files.isDirectory(liveFolder)) {
            return 0;
        }
        List<Path> files;
        try (Stream<Path> entries = Files.list(liveFolder)) {
            files = entries.sorted().toList();
        }
        int ended = 0;
        for (Path file : files) {
            String uid = file.getFileName().toString();
            String[] parts = uid.split("-");
            if (parts.length == 3 && !ProcessTable.isAlive(Long.parseLong(parts[0]), Long.parseLong(parts[1]))) {
                Path folder = Files.readSymbolicLink(file);
                end(uid, folder, groups.find(LaunchSpec.groupName(uid)));
                Files.deleteIfExists(file);
                ended++;
            }
        }
        return ended;
    }

    private static void end(String uid, Path folder, ControlGroup group) {
        List<ProcessTable.Family> families = new ArrayList<>();
        ReplicaFiles.read(folder)
                .filter(files -> files.uid().equals(uid))
                .ifPresent(
                        files -> families.add(new ProcessTable.Family(uid, files.process(), files.processStarted())));
        if (families.isEmpty()) {
            // It may have been forked without having written its numbers; its mark finds it all the same.
            families.add(new ProcessTable.Family(uid, -1, 0));
        }
        int count = 0;
        while (true) {
            TreeSet<Long> alive = ProcessTable.members(families).getOrDefault(uid, new TreeSet<>());
            alive.addAll(group.members());
            if (alive.isEmpty()) {
                break;
            }
            count += alive.size();
            group.kill();
            Signals.sendToAll(alive, Signals.KILL);
            LockSupport.parkNanos(POLL_NANOS);
        }
        group.remove();
        if (count > 0) {
            LOG.warn("ended a replica of an engine that has died folder={} uid={}", folder, uid);
        }
    }
}

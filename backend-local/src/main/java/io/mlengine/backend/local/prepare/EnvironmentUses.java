package io.mlengine.backend.local.prepare;

import io.mlengine.backend.local.lease.MachineLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who uses an environment. Many may, in many processes, and a lock has one holder; so each use locks a file of its own.
 * The files of processes that have died are there, but not locked.
 */
final class EnvironmentUses {
    private static final Logger LOG = LoggerFactory.getLogger(EnvironmentUses.class);

    private EnvironmentUses() {}

    /** Begins a use; the caller holds the environment's lock, so that nobody removes it in this moment. */
    static EnvironmentUse begin(EnvironmentPlace place) throws IOException {
        Files.createDirectories(place.uses());
        while (true) {
            Path file = Files.createTempFile(place.uses(), "use", ".lock");
            Optional<MachineLock> lock = MachineLock.tryAcquire(file);
            if (lock.isPresent()) {
                place.touch(Instant.now());
                return () -> end(place, file, lock.get());
            }
            // Somebody who looks whether the environment is in use has it for a moment: the next file is as good.
        }
    }

    private static void end(EnvironmentPlace place, Path file, MachineLock lock) {
        try (lock) {
            if (Files.deleteIfExists(file)) {
                place.touch(Instant.now());
            }
        } catch (IOException e) {
            LOG.debug("the end of a use is not noted: environment={} cause={}", place.folder(), e.toString());
        }
    }

    /** Tells whether somebody uses it now. */
    static boolean isAny(EnvironmentPlace place) throws IOException {
        for (Path file : files(place)) {
            if (isLocked(file)) {
                return true;
            }
        }
        return false;
    }

    private static List<Path> files(EnvironmentPlace place) throws IOException {
        try (Stream<Path> files = Files.list(place.uses())) {
            return files.toList();
        } catch (NoSuchFileException e) {
            // Never used since it was made.
            return List.of();
        }
    }

    static boolean isLocked(Path file) throws IOException {
        Optional<MachineLock> lock = MachineLock.tryAcquire(file);
        if (lock.isPresent()) {
            lock.get().close();
        }
        return lock.isEmpty();
    }
}

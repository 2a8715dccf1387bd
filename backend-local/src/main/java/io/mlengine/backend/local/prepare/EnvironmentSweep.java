package io.mlengine.backend.local.prepare;

import io.mlengine.backend.local.lease.MachineLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes environments beyond the limits. All engines that share a cache also share the work: one of them sweeps, at most
 * once an hour, and sooner only when an environment was made since.
 */
public final class EnvironmentSweep {
    private static final Logger LOG = LoggerFactory.getLogger(EnvironmentSweep.class);
    private static final Duration PAUSE = Duration.ofHours(1);
    private static final String STAMP = "swept";

    private final EnvironmentCache cache;
    private final EnvironmentLimits limits;
    private final InstantSource clock;

    /** A sweep of a cache. */
    public EnvironmentSweep(EnvironmentCache cache, EnvironmentLimits limits, InstantSource clock) {
        this.cache = cache;
        this.limits = limits;
        this.clock = clock;
    }

    /** Sweeps if it is time to; reads and deletes files for seconds, and never fails. */
    public void look() {
        try {
            if (Files.isDirectory(cache.folder()) && isDue()) {
                Optional<MachineLock> lock =
                        MachineLock.tryAcquire(cache.folder().resolve("sweep.lock"));
                if (lock.isPresent()) {
                    sweepWith(lock.get());
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("cannot remove python environments from {} cause={}", cache.folder(), e.toString());
        }
    }

    private boolean isDue() throws IOException {
        try {
            Instant last = Files.getLastModifiedTime(stamp(cache.folder())).toInstant();
            return Duration.between(last, clock.instant()).compareTo(PAUSE) > 0;
        } catch (NoSuchFileException e) {
            // Never swept, or something was made since.
            return true;
        }
    }

    private void sweepWith(MachineLock lock) throws IOException {
        try (lock) {
            Path stamp = stamp(cache.folder());
            Files.writeString(stamp, "");
            Files.setLastModifiedTime(stamp, FileTime.from(clock.instant()));
            sweep();
        }
    }

    private void sweep() throws IOException {
        for (CachedEnvironment environment : limits.excess(cache.list(), clock.instant())) {
            if (cache.remove(environment)) {
                LOG.info(
                        "removed a python environment state={} lastUsed={} bytes={} requirements={} folder={}",
                        environment.state(),
                        environment.lastUsed(),
                        environment.bytes(),
                        environment.requirements(),
                        environment.folder());
            }
        }
    }

    /** Makes the next look sweep: a new environment may be one too many. */
    static void hasten(Path folder) throws IOException {
        Files.deleteIfExists(stamp(folder));
    }

    private static Path stamp(Path folder) {
        return folder.resolve(STAMP);
    }
}

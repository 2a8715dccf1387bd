package io.mlengine.backend.local.prepare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

/**
 * Where a virtual environment of the cache lies, with what belongs to it.
 *
 * @param cache the folder of all environments
 * @param name digest of what it was made for
 */
record EnvironmentPlace(Path cache, String name) {
    /** The environment itself. */
    Path folder() {
        return cache.resolve(name);
    }

    /** Held by whoever makes or removes it, and by everybody else for the moment in which a use begins. */
    Path lock() {
        return cache.resolve(name + ".lock");
    }

    /** One locked file for each use. */
    Path uses() {
        return cache.resolve("uses").resolve(name);
    }

    /** Written last; holds the requirements, and its time is that of the last use. */
    Path mark() {
        return folder().resolve(".complete");
    }

    boolean isComplete() {
        // The interpreter may be gone: it is a link to the one that the environment was made from.
        return Files.exists(mark()) && Files.isExecutable(folder().resolve("bin/python"));
    }

    Instant lastUsed() throws IOException {
        return Files.getLastModifiedTime(Files.exists(mark()) ? mark() : folder())
                .toInstant();
    }

    void touch(Instant now) throws IOException {
        Files.setLastModifiedTime(mark(), FileTime.from(now));
    }
}

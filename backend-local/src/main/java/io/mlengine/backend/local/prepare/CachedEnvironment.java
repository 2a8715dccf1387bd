package io.mlengine.backend.local.prepare;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * A virtual environment of the cache.
 *
 * @param folder where it lies; its name is the environment's
 * @param state whether it may be removed
 * @param requirements what it was made for, in pip's words
 * @param python version of its interpreter, empty when unknown
 * @param bytes what it takes
 * @param lastUsed when its last use began or ended
 */
public record CachedEnvironment(
        Path folder, State state, List<String> requirements, String python, long bytes, Instant lastUsed) {
    /** Copies the list. */
    public CachedEnvironment {
        requirements = List.copyOf(requirements);
    }

    /** What can be done with it. */
    public enum State {
        /** A job uses it, or it is being made. */
        IN_USE,
        /** The next job that asks for the same will use it. */
        READY,
        /** Whoever made it did not finish, or its interpreter is gone: nobody will use it. */
        BROKEN
    }

    /** Its name: a digest of interpreter and requirements. */
    public String name() {
        return String.valueOf(folder.getFileName());
    }
}

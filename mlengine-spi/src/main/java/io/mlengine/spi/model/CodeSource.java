package io.mlengine.spi.model;

import java.util.Optional;
import org.immutables.value.Value;

/** Where the job's program comes from: at most one of the two. */
@ModelStyle
@Value.Immutable
public interface CodeSource {
    /**
     * A git repository.
     *
     * @return the source, or empty
     */
    Optional<GitSource> git();

    /**
     * A folder of the machine, used in place; a relative one is taken from the document's folder. Only where the
     * backend shares the file system with the caller.
     *
     * @return the folder, or empty
     */
    Optional<String> path();

    /**
     * Code in a folder of this machine.
     *
     * @param folder the folder
     * @return the source
     */
    static CodeSource folder(String folder) {
        return builder().path(folder).build();
    }

    /**
     * Starts a source.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link CodeSource}. */
    final class Builder extends ImmutableCodeSource.Builder {}
}

package io.mlengine.spi.model;

import java.util.Optional;
import org.immutables.value.Value;

/** Code in a git repository. */
@ModelStyle
@Value.Immutable
public interface GitSource {
    /**
     * URL of the repository, without credentials.
     *
     * @return the URL
     */
    String repository();

    /**
     * Branch, tag or commit; resolved to a commit when the attempt starts.
     *
     * @return the revision
     */
    default @Value.Default String revision() {
        return "HEAD";
    }

    /**
     * Folder of the repository that becomes the code folder.
     *
     * @return the folder, or empty for the root
     */
    Optional<String> path();

    /**
     * Where user name and password (or token) lie: the keys {@code username} and {@code password} of a secret.
     *
     * @return the secret's name, or empty for a public repository
     */
    Optional<String> credentials();

    /**
     * Whether the files go on following the revision while a replica runs; without it they stay what they were when the
     * attempt started. Only where the backend can.
     *
     * @return false by default
     */
    default @Value.Default boolean follow() {
        return false;
    }

    /**
     * Starts a source.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link GitSource}. */
    final class Builder extends ImmutableGitSource.Builder {}
}

package io.mlengine.spi.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import org.immutables.value.Value;

/** What a role's pods carry besides the program; ignored by backends that run no pods. */
@ModelStyle
@Value.Immutable
public interface PodOptions {
    /** Nothing but what the backend gives. */
    PodOptions NONE = builder().build();

    /** When a node fetches the image. */
    enum PullPolicy {
        /** At each start. */
        ALWAYS("Always"),
        /** When it is not on the node. */
        IF_NOT_PRESENT("IfNotPresent"),
        /** Never; the image must be on the node. */
        NEVER("Never");

        private final String word;

        PullPolicy(String word) {
            this.word = word;
        }

        /**
         * Spells it as Kubernetes does.
         *
         * @return the word, for example {@code IfNotPresent}
         */
        public String word() {
            return word;
        }
    }

    /**
     * Labels beside the engine's own.
     *
     * @return key to value
     */
    @Value.NaturalOrder
    SortedMap<String, String> labels();

    /**
     * Annotations beside the engine's own.
     *
     * @return key to value
     */
    @Value.NaturalOrder
    SortedMap<String, String> annotations();

    /**
     * The service account that the program runs as.
     *
     * @return its name, or empty for the namespace's default
     */
    Optional<String> serviceAccount();

    /**
     * Secrets that the image is fetched with.
     *
     * @return their names
     */
    List<String> imagePullSecrets();

    /**
     * When the image is fetched.
     *
     * @return the policy, or empty for the cluster's default
     */
    Optional<PullPolicy> imagePullPolicy();

    /**
     * Size of {@code /dev/shm} in bytes; it counts as memory.
     *
     * @return the bytes, or empty for the cluster's default
     */
    OptionalLong sharedMemoryBytes();

    /**
     * User that the program runs as.
     *
     * @return the user's number, or empty for the image's
     */
    OptionalLong runAsUser();

    /**
     * Group that the program runs as.
     *
     * @return the group's number, or empty for the image's
     */
    OptionalLong runAsGroup();

    /**
     * Group that owns mounted volumes.
     *
     * @return the group's number, or empty to leave them as they are
     */
    OptionalLong fsGroup();

    /**
     * Whether the node refuses to start the program as root.
     *
     * @return the choice, or empty for the cluster's default
     */
    Optional<Boolean> runAsNonRoot();

    /**
     * The cluster's priority class; says nothing about the order of jobs, which is the engine's.
     *
     * @return its name, or empty for the cluster's default
     */
    Optional<String> priorityClass();

    /**
     * Starts options.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds {@link PodOptions}. */
    final class Builder extends ImmutablePodOptions.Builder {}
}

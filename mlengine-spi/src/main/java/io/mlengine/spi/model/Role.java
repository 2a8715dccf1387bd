package io.mlengine.spi.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import org.immutables.value.Value;

/** A group of equal replicas of a job, for example its workers. */
@ModelStyle
@Value.Immutable
public interface Role {
    /**
     * The role's name, a DNS label, for example {@code worker}.
     *
     * @return the name
     */
    String name();

    /**
     * Number of replicas at the start.
     *
     * @return the count, at least 1
     */
    default @Value.Default int replicas() {
        return 1;
    }

    /**
     * Least number of replicas with which the job may go on; makes the role elastic.
     *
     * @return the least number, or empty for a fixed size
     */
    OptionalInt minReplicas();

    /**
     * Largest number of replicas that it may be resized to.
     *
     * @return the largest number, or empty for a fixed size
     */
    OptionalInt maxReplicas();

    /**
     * Program and leading arguments; no shell is involved.
     *
     * @return the words, empty for the image's entry point
     */
    List<String> command();

    /**
     * Arguments after the command.
     *
     * @return the words
     */
    List<String> args();

    /**
     * Environment variables of its own.
     *
     * @return name to value
     */
    @Value.NaturalOrder
    SortedMap<String, EnvValue> env();

    /**
     * Working folder, relative to the job's code unless absolute.
     *
     * @return the folder, or empty for the code's folder
     */
    Optional<String> workingDirectory();

    /**
     * Container image; ignored where no containers are used.
     *
     * @return the image
     */
    Optional<String> image();

    /**
     * What each replica holds.
     *
     * @return the resources
     */
    default @Value.Default Resources resources() {
        return Resources.NONE;
    }

    /**
     * Which nodes its replicas may be placed on.
     *
     * @return the constraints
     */
    default @Value.Default NodeConstraints nodes() {
        return NodeConstraints.NONE;
    }

    /**
     * What its pods carry besides the program; ignored where replicas are no pods.
     *
     * @return the options
     */
    default @Value.Default PodOptions pod() {
        return PodOptions.NONE;
    }

    /**
     * What is started again after a retryable failure.
     *
     * @return the scope, or empty for the framework's default
     */
    Optional<RestartScope> restartScope();

    /**
     * Whether a permanent failure of one of its replicas fails the job.
     *
     * @return true by default
     */
    default @Value.Default boolean critical() {
        return true;
    }

    /**
     * Which replicas decide that the job has succeeded.
     *
     * @return the deciders, or empty for the framework's default
     */
    Optional<Deciders> deciders();

    /**
     * Whether the job waits for it. An untracked role (parameter server, side-car, TensorBoard) never ends the job by
     * exiting with code 0, and is stopped at the end.
     *
     * @return true by default
     */
    default @Value.Default boolean tracked() {
        return true;
    }

    /**
     * Roles whose replicas must be ready before this role starts.
     *
     * @return names of other roles
     */
    List<String> startAfter();

    /**
     * Tells whether the number of replicas may change while it runs.
     *
     * @return true when a least or largest number is set
     */
    default boolean isElastic() {
        return minReplicas().isPresent() || maxReplicas().isPresent();
    }

    /**
     * Least number of replicas, whether elastic or not.
     *
     * @return the number
     */
    default int least() {
        return minReplicas().orElse(replicas());
    }

    /**
     * Largest number of replicas, whether elastic or not.
     *
     * @return the number
     */
    default int most() {
        return maxReplicas().orElse(replicas());
    }

    /**
     * Command and arguments together.
     *
     * @return the words
     */
    default List<String> commandLine() {
        return java.util.stream.Stream.concat(command().stream(), args().stream())
                .toList();
    }

    /**
     * Starts a role.
     *
     * @param name its name
     * @return a builder that has the name
     */
    static Builder named(String name) {
        return builder().name(name);
    }

    /**
     * Starts a role.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link Role}. */
    final class Builder extends ImmutableRole.Builder {
        /**
         * Sets program and leading arguments.
         *
         * @param words the words
         * @return this
         */
        public Builder command(String... words) {
            return command(List.of(words));
        }

        /**
         * Sets an environment variable to text.
         *
         * @param name the variable
         * @param value the text
         * @return this
         */
        public Builder env(String name, String value) {
            return putEnv(name, EnvValue.of(value));
        }
    }
}

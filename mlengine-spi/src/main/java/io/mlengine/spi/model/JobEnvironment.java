package io.mlengine.spi.model;

import java.util.Optional;
import java.util.SortedMap;
import org.immutables.value.Value;

/** What all replicas of a job find around them. */
@ModelStyle
@Value.Immutable
public interface JobEnvironment {
    /** Nothing but what the backend gives. */
    JobEnvironment NONE = builder().build();

    /**
     * Python, when the job needs one.
     *
     * @return the environment, or empty
     */
    Optional<PythonEnvironment> python();

    /**
     * Variables of every replica; a role's own win.
     *
     * @return name to value
     */
    @Value.NaturalOrder
    SortedMap<String, EnvValue> variables();

    /**
     * The claim of the job's namespace that keeps outputs and checkpoints where replicas are pods. Without it they live
     * as long as the pod.
     *
     * @return the claim's name, or empty
     */
    Optional<String> volumeClaim();

    /**
     * Starts an environment.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link JobEnvironment}. */
    final class Builder extends ImmutableJobEnvironment.Builder {}
}

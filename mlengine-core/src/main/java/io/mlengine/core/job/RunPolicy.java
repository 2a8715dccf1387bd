package io.mlengine.core.job;

import io.mlengine.spi.model.ModelStyle;
import java.time.Duration;
import java.util.Optional;
import org.immutables.value.Value;

/** How long a job may take, how often it is tried, and what stays when it has ended. */
@ModelStyle
@Value.Immutable
public interface RunPolicy {
    /** What holds when nothing is said. */
    RunPolicy DEFAULT = builder().build();

    /** What happens to what is left of the replicas when the job has ended. Whatever still runs is always stopped. */
    enum Cleanup {
        /** Stop what runs, keep logs, outputs and work folders (or finished pods). */
        RUNNING,
        /** Stop what runs and remove the work folders (or all pods); the record, logs and outputs stay. */
        ALL,
        /** As {@link #RUNNING}; the word of other systems for "touch nothing", which must not leave processes behind. */
        NONE
    }

    /**
     * How many failures are retried.
     *
     * @return the limits
     */
    default @Value.Default Retries retries() {
        return Retries.DEFAULT;
    }

    /**
     * Which exit codes are worth another try.
     *
     * @return the profile
     */
    default @Value.Default ExitCodes exitCodes() {
        return ExitCodes.KUBEFLOW;
    }

    /**
     * Wait before the next attempt.
     *
     * @return the back-off
     */
    default @Value.Default BackOff backOff() {
        return BackOff.DEFAULT;
    }

    /**
     * Longest time from the first start until the end, attempts and waits between them included; begins again after a
     * suspension.
     *
     * @return the time, or empty for no limit
     */
    Optional<Duration> activeDeadline();

    /**
     * Longest time from the grant of resources until all replicas are ready.
     *
     * @return the time
     */
    default @Value.Default Duration startTimeout() {
        return Duration.ofMinutes(30);
    }

    /**
     * Longest time without progress, output or change while it runs; then it counts as hung.
     *
     * @return the time, or empty for no limit
     */
    Optional<Duration> progressTimeout();

    /**
     * How long the finished job's record, logs and outputs stay.
     *
     * @return the time, or empty for ever
     */
    Optional<Duration> ttlAfterFinished();

    /**
     * What happens to what is left of the replicas.
     *
     * @return the policy
     */
    default @Value.Default Cleanup cleanup() {
        return Cleanup.RUNNING;
    }

    /**
     * Whether it is held back at submit until it is resumed.
     *
     * @return false by default
     */
    default @Value.Default boolean suspend() {
        return false;
    }

    /**
     * Time between TERM and KILL.
     *
     * @return the time
     */
    default @Value.Default Duration stopGrace() {
        return Duration.ofSeconds(30);
    }

    /**
     * Starts a policy.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link RunPolicy}. */
    final class Builder extends ImmutableRunPolicy.Builder {}
}

package io.mlengine.backend.k8s.cluster;

import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.spi.model.ModelStyle;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.immutables.value.Value;

/** How pods are made, bound and watched. Every value has a default that suits a controller inside its cluster. */
@ModelStyle
@Value.Immutable
public interface ClusterSettings {
    /**
     * What is the same in all pods.
     *
     * @return our own scheduler name and nothing more by default
     */
    default @Value.Default PodConfig pods() {
        return PodConfig.DEFAULT;
    }

    /**
     * Whether this process is in charge; asked right before each write.
     *
     * @return the lease, or empty for an engine that is alone by construction
     */
    Optional<Leadership> leadership();

    /**
     * The namespaces whose pods are placed when they name our scheduler, though others made them.
     *
     * @return none by default, for all namespaces
     */
    Set<String> namespaces();

    /**
     * How long pods are created and bound again and again before the launch has failed.
     *
     * @return a minute by default
     */
    default @Value.Default Duration bindPatience() {
        return Duration.ofSeconds(60);
    }

    /**
     * Number of writes under way at the same time.
     *
     * @return 32 by default
     */
    default @Value.Default int parallelWrites() {
        return 32;
    }

    /**
     * Writes a second that are sent at most.
     *
     * @return 0 by default, for no limit: the API server's own fairness does better
     */
    default @Value.Default double writesPerSecond() {
        return 0;
    }

    /**
     * Writes that may be sent at once after a pause, where writes are limited.
     *
     * @return 100 by default
     */
    default @Value.Default int writeBurst() {
        return 100;
    }

    /**
     * How long an image may fail to be pulled before the replica has failed.
     *
     * @return five minutes by default
     */
    default @Value.Default Duration imagePatience() {
        return Duration.ofMinutes(5);
    }

    /**
     * How long the API server may be silent before what is known counts as stale.
     *
     * @return ten seconds by default
     */
    default @Value.Default Duration stalePatience() {
        return Duration.ofSeconds(10);
    }

    /**
     * How long the news of a replica's end may wait for its last lines of output.
     *
     * @return two seconds by default
     */
    default @Value.Default Duration lastLinesPatience() {
        return Duration.ofSeconds(2);
    }

    /**
     * Jobs up to which progress is read from the output of pods; with more it is not.
     *
     * @return 500 by default, because each takes an open connection
     */
    default @Value.Default int followedJobs() {
        return 500;
    }

    /**
     * The clock.
     *
     * @return the system's by default
     */
    default @Value.Default InstantSource clock() {
        return InstantSource.system();
    }

    /**
     * Starts settings.
     *
     * @return a builder with all defaults
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds {@link ClusterSettings}. */
    final class Builder extends ImmutableClusterSettings.Builder {}
}

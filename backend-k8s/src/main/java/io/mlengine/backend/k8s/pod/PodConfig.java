package io.mlengine.backend.k8s.pod;

import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.spi.model.ModelStyle;
import java.util.Optional;
import org.immutables.value.Value;

/** What is the same in all pods of an installation. */
@ModelStyle
@Value.Immutable
public interface PodConfig {
    /** The engine as scheduler, and no image of git-sync. */
    PodConfig DEFAULT = builder().build();

    /**
     * The scheduler that binds the pods.
     *
     * @return its name
     */
    default @Value.Default String schedulerName() {
        return Labels.MANAGER;
    }

    /**
     * An image of git-sync, version 4, which brings the code of jobs that name a git repository.
     *
     * @return the image; without one such jobs are refused
     */
    Optional<String> gitSyncImage();

    /** Minor version of Kubernetes from which on side-cars end with their pod. */
    int FIRST_WITH_SIDE_CARS = 29;

    /**
     * Whether the cluster's side-cars end with their pod, as they do from Kubernetes 1.29 on.
     *
     * @return false by default: then jobs whose code follows a branch are refused
     */
    default @Value.Default boolean sideCars() {
        return false;
    }

    /**
     * Starts a configuration.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link PodConfig}. */
    final class Builder extends ImmutablePodConfig.Builder {}
}

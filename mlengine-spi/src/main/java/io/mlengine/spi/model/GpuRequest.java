package io.mlengine.spi.model;

import java.util.Optional;
import java.util.OptionalLong;
import org.immutables.value.Value;

/** The GPUs that one replica asks for; whole devices or MIG instances, never a share of time. */
@ModelStyle
@Value.Immutable
public interface GpuRequest {
    /**
     * Number of devices, at least 1.
     *
     * @return the count
     */
    int count();

    /**
     * Model wanted, compared without case as a part of the device's model, for example {@code A100}.
     *
     * @return the model, or empty when any will do
     */
    Optional<String> model();

    /**
     * Least memory of each device, in bytes.
     *
     * @return the bytes, or empty when any will do
     */
    OptionalLong memoryBytes();

    /**
     * MIG profile wanted, for example {@code 1g.10gb}.
     *
     * @return the profile, or empty for a whole device
     */
    Optional<String> migProfile();

    /**
     * Whether the replica can work without them. Where the nodes have too few for all replicas of its role the wish is
     * dropped at submit; where they have enough, the job waits for them like any other.
     *
     * @return false by default
     */
    default @Value.Default boolean optional() {
        return false;
    }

    /**
     * Asks for whole devices of any model.
     *
     * @param count how many
     * @return the request
     */
    static GpuRequest of(int count) {
        return builder().count(count).build();
    }

    /**
     * Starts a request.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link GpuRequest}. */
    final class Builder extends ImmutableGpuRequest.Builder {}
}

package io.mlengine.spi.model;

import java.util.Optional;
import org.immutables.value.Value;

/** One accelerator that can be given to one replica: a GPU or a MIG instance of it. */
@ModelStyle
@Value.Immutable
public interface Device {
    /** Whether the scheduler may hand a device out. */
    enum Availability {
        /** It may be leased. */
        AVAILABLE,
        /** Processes that are not ours use it. */
        FOREIGN,
        /** It reports errors, or is switched to MIG mode and only its instances can be used. */
        UNUSABLE
    }

    /**
     * Identity that outlives reboots, for example the GPU's UUID.
     *
     * @return the id
     */
    String id();

    /**
     * Position on the node, for people and for topology.
     *
     * @return the index, from 0
     */
    int index();

    /**
     * Model, for example {@code NVIDIA A100-SXM4-40GB}.
     *
     * @return the model
     */
    String model();

    /**
     * Memory in bytes.
     *
     * @return the bytes, 0 when unknown
     */
    default @Value.Default long memoryBytes() {
        return 0;
    }

    /**
     * MIG profile, when it is an instance.
     *
     * @return the profile, or empty for a whole device
     */
    Optional<String> migProfile();

    /**
     * The whole device that an instance lives on.
     *
     * @return the parent's id, or empty for a whole device
     */
    Optional<String> parent();

    /**
     * Whether it may be handed out.
     *
     * @return the availability
     */
    default @Value.Default Availability availability() {
        return Availability.AVAILABLE;
    }

    /**
     * Why it is not available, for people.
     *
     * @return the reason, empty when available
     */
    default @Value.Default String detail() {
        return "";
    }

    /**
     * Starts a device.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link Device}. */
    final class Builder extends ImmutableDevice.Builder {}
}

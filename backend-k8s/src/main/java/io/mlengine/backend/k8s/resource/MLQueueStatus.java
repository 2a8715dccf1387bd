package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.mlengine.spi.model.ModelStyle;
import org.immutables.value.Value;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the jobs of a queue and of those below it, as its limits count them; what is not known is absent, and
 * null here.
 */
@ModelStyle
@Value.Immutable
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonSerialize(as = ImmutableMLQueueStatus.class)
@JsonDeserialize(builder = MLQueueStatus.Builder.class)
public interface MLQueueStatus {
    /**
     * Generation of the spec that this status is about.
     *
     * @return the generation, or null
     */
    @FieldSchema("Generation of the spec that this status is about.")
    @Nullable
    Long observedGeneration();

    /**
     * Jobs that hold resources.
     *
     * @return the number, or null
     */
    @FieldSchema("Jobs that hold resources, with those of the queues below it.")
    @Nullable
    Long running();

    /**
     * Jobs that wait.
     *
     * @return the number, or null
     */
    @FieldSchema("Jobs that wait, with those of the queues below it.")
    @Nullable
    Long waiting();

    /**
     * GPUs held.
     *
     * @return the number, or null
     */
    @FieldSchema("GPUs held, with those of the queues below it.")
    @Nullable
    Long gpus();

    /**
     * CPU held.
     *
     * @return cores such as {@code 64} or {@code 500m}, or null
     */
    @FieldSchema("CPU held, with that of the queues below it.")
    @Nullable
    String cpu();

    /**
     * Memory held.
     *
     * @return a size such as {@code 512Gi}, or null
     */
    @FieldSchema("Memory held, with that of the queues below it.")
    @Nullable
    String memory();

    /**
     * What is wrong with the queue.
     *
     * @return one sentence, or null when nothing is
     */
    @FieldSchema("What is wrong with the queue.")
    @Nullable
    String message();

    /**
     * Starts a value.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link MLQueueStatus}. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonPOJOBuilder(withPrefix = "")
    final class Builder extends ImmutableMLQueueStatus.Builder {}
}

package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.mlengine.spi.model.ModelStyle;
import org.immutables.value.Value;
import org.jspecify.annotations.Nullable;

/** A queue and its limits, as a user writes them; what is absent limits nothing, and is null here. */
@ModelStyle
@Value.Immutable
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonSerialize(as = ImmutableMLQueueSpec.class)
@JsonDeserialize(builder = MLQueueSpec.Builder.class)
public interface MLQueueSpec {
    /**
     * The queue above it, whose limits hold as well.
     *
     * @return the parent's name, or null at the top
     */
    @FieldSchema("The queue above it, whose limits hold as well.")
    @Nullable
    String parent();

    /**
     * Most GPUs (or MIG instances) held at one time.
     *
     * @return the number, or null
     */
    @FieldSchema("Most GPUs (or MIG instances) held at one time.")
    @Nullable
    Long gpus();

    /**
     * Most CPU asked for at one time.
     *
     * @return cores such as {@code 64} or {@code 500m}, or null
     */
    @FieldSchema(
            value = "Most CPU asked for at one time: cores such as 64 or 500m.",
            pattern = Amounts.CORES,
            intOrString = true)
    @Nullable
    String cpu();

    /**
     * Most memory asked for at one time.
     *
     * @return a size such as {@code 2TiB} or {@code 512Gi}, or null
     */
    @FieldSchema(
            value = "Most memory asked for at one time: a size such as 2TiB or 512Gi.",
            pattern = Amounts.SIZE,
            intOrString = true)
    @Nullable
    String memory();

    /**
     * Most jobs that hold resources at one time.
     *
     * @return the number, or null
     */
    @FieldSchema("Most jobs that hold resources at one time.")
    @Nullable
    Long jobs();

    /**
     * Highest priority of new jobs in it and in the queues below it.
     *
     * @return the priority, or null for any
     */
    @FieldSchema("Highest priority of new jobs in it and in the queues below it.")
    @Nullable
    Integer maxPriority();

    /**
     * Whether it starts no more jobs; those that run go on.
     *
     * @return true when stopped; null means false
     */
    @FieldSchema("Whether it starts no more jobs; those that run go on.")
    @Nullable
    Boolean stopped();

    /**
     * Starts a value.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link MLQueueSpec}. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonPOJOBuilder(withPrefix = "")
    final class Builder extends ImmutableMLQueueSpec.Builder {}
}

package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.mlengine.spi.model.ModelStyle;
import org.immutables.value.Value;
import org.jspecify.annotations.Nullable;

/** Why a job waits. */
@ModelStyle
@Value.Immutable
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonSerialize(as = ImmutableMLTrainWaiting.class)
@JsonDeserialize(builder = MLTrainWaiting.Builder.class)
public interface MLTrainWaiting {
    /**
     * The first thing that keeps it from starting.
     *
     * @return one word, or null
     */
    @FieldSchema("The first thing that keeps it from starting.")
    @Nullable
    String reason();

    /**
     * All that keeps it from starting.
     *
     * @return one sentence, or null
     */
    @FieldSchema("All that keeps it from starting.")
    @Nullable
    String message();

    /**
     * Place among the waiting jobs of its queue.
     *
     * @return the place, from 1, or null
     */
    @FieldSchema("Place among the waiting jobs of its queue.")
    @Nullable
    Integer position();

    /**
     * When it will start, as far as that can be told.
     *
     * @return the time in RFC 3339, or null
     */
    @FieldSchema("When it will start, as far as that can be told.")
    @Nullable
    String startsAt();

    /**
     * Starts a value.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link MLTrainWaiting}. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonPOJOBuilder(withPrefix = "")
    final class Builder extends ImmutableMLTrainWaiting.Builder {}
}

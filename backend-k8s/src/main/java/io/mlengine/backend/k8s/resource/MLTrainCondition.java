package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.mlengine.spi.model.ModelStyle;
import org.immutables.value.Value;
import org.jspecify.annotations.Nullable;

/** One condition of a job, in the form that {@code kubectl wait} knows. */
@ModelStyle
@Value.Immutable
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonSerialize(as = ImmutableMLTrainCondition.class)
@JsonDeserialize(builder = MLTrainCondition.Builder.class)
public interface MLTrainCondition {
    /**
     * Which condition.
     *
     * @return for example {@code Running}, or null
     */
    @FieldSchema("Which condition.")
    @Nullable
    String type();

    /**
     * Whether it holds.
     *
     * @return {@code True} or {@code False}, or null
     */
    @FieldSchema("Whether it holds.")
    @Nullable
    String status();

    /**
     * Generation of the spec that it is about.
     *
     * @return the generation, or null
     */
    @FieldSchema("Generation of the spec that it is about.")
    @Nullable
    Long observedGeneration();

    /**
     * When it last began or ceased to hold.
     *
     * @return the time in RFC 3339, or null
     */
    @FieldSchema("When it last began or ceased to hold.")
    @Nullable
    String lastTransitionTime();

    /**
     * Why.
     *
     * @return one word, or null
     */
    @FieldSchema("Why.")
    @Nullable
    String reason();

    /**
     * Why, for people.
     *
     * @return one sentence, or null when there is nothing to say
     */
    @FieldSchema("Why, for people.")
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

    /** Builds a {@link MLTrainCondition}. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonPOJOBuilder(withPrefix = "")
    final class Builder extends ImmutableMLTrainCondition.Builder {}
}

package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.mlengine.spi.model.ModelStyle;
import org.immutables.value.Value;
import org.jspecify.annotations.Nullable;

/** The size of the only elastic role. */
@ModelStyle
@Value.Immutable
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonSerialize(as = ImmutableMLTrainScale.class)
@JsonDeserialize(builder = MLTrainScale.Builder.class)
public interface MLTrainScale {
    /**
     * Replicas of the role that are there.
     *
     * @return the number, or null
     */
    @FieldSchema("Replicas of the role that are there.")
    @Nullable
    Integer replicas();

    /**
     * Selects the role's pods.
     *
     * @return a label selector, or null
     */
    @FieldSchema("Selects the role's pods.")
    @Nullable
    String selector();

    /**
     * Starts a value.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link MLTrainScale}. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonPOJOBuilder(withPrefix = "")
    final class Builder extends ImmutableMLTrainScale.Builder {}
}

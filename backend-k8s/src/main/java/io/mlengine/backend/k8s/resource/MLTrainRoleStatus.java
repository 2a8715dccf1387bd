package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.mlengine.spi.model.ModelStyle;
import org.immutables.value.Value;
import org.jspecify.annotations.Nullable;

/** How many replicas of a role there are. */
@ModelStyle
@Value.Immutable
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonSerialize(as = ImmutableMLTrainRoleStatus.class)
@JsonDeserialize(builder = MLTrainRoleStatus.Builder.class)
public interface MLTrainRoleStatus {
    /**
     * The role.
     *
     * @return its name, or null
     */
    @FieldSchema("The role.")
    @Nullable
    String name();

    /**
     * Replicas wished.
     *
     * @return the number, or null
     */
    @FieldSchema("Replicas wished.")
    @Nullable
    Integer replicas();

    /**
     * Replicas whose process runs, ready or not.
     *
     * @return the number, or null
     */
    @FieldSchema("Replicas whose process runs, ready or not.")
    @Nullable
    Integer running();

    /**
     * Replicas that are ready.
     *
     * @return the number, or null
     */
    @FieldSchema("Replicas that are ready.")
    @Nullable
    Integer ready();

    /**
     * Replicas that ended well in this attempt.
     *
     * @return the number, or null
     */
    @FieldSchema("Replicas that ended well in this attempt.")
    @Nullable
    Integer succeeded();

    /**
     * Replicas that failed or were lost in this attempt.
     *
     * @return the number, or null
     */
    @FieldSchema("Replicas that failed or were lost in this attempt.")
    @Nullable
    Integer failed();

    /**
     * Starts a value.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link MLTrainRoleStatus}. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonPOJOBuilder(withPrefix = "")
    final class Builder extends ImmutableMLTrainRoleStatus.Builder {}
}

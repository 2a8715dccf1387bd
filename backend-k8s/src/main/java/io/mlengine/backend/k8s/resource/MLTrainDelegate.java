package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.mlengine.spi.model.ModelStyle;
import org.immutables.value.Value;
import org.jspecify.annotations.Nullable;

/** The object of another controller that runs a job. */
@ModelStyle
@Value.Immutable
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonSerialize(as = ImmutableMLTrainDelegate.class)
@JsonDeserialize(builder = MLTrainDelegate.Builder.class)
public interface MLTrainDelegate {
    /**
     * Group and version of the object.
     *
     * @return for example {@code kubeflow.org/v1}, or null
     */
    @FieldSchema("Group and version of the object.")
    @Nullable
    String apiVersion();

    /**
     * Kind of the object.
     *
     * @return for example {@code PyTorchJob}, or null
     */
    @FieldSchema("Kind of the object.")
    @Nullable
    String kind();

    /**
     * Name of the object, in the job's namespace.
     *
     * @return the name, or null
     */
    @FieldSchema("Name of the object, in the job's namespace.")
    @Nullable
    String name();

    /**
     * The object that was seen last.
     *
     * @return its uid, or null while none is there
     */
    @FieldSchema("Uid of the object that was seen last; absent while there is none.")
    @Nullable
    String uid();

    /**
     * How often it was made again because somebody had deleted it.
     *
     * @return the number, or null
     */
    @FieldSchema("How often it was made again because somebody had deleted it.")
    @Nullable
    Integer madeAgain();

    /**
     * Starts a value.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link MLTrainDelegate}. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonPOJOBuilder(withPrefix = "")
    final class Builder extends ImmutableMLTrainDelegate.Builder {}
}

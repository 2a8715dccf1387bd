package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.mlengine.spi.model.ModelStyle;
import org.immutables.value.Value;
import org.jspecify.annotations.Nullable;

/** How far the program says it is. */
@ModelStyle
@Value.Immutable
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonSerialize(as = ImmutableMLTrainProgress.class)
@JsonDeserialize(builder = MLTrainProgress.Builder.class)
public interface MLTrainProgress {
    /**
     * The progress for people.
     *
     * @return for example {@code 42%} or {@code step 420}, or null
     */
    @FieldSchema("The progress for people.")
    @Nullable
    String text();

    /**
     * Steps done, of a hundred.
     *
     * @return whole per cent, cut, or null when the total is not known
     */
    @FieldSchema("Steps done, of a hundred.")
    @Nullable
    Integer percent();

    /**
     * Steps done.
     *
     * @return the steps, or null
     */
    @FieldSchema("Steps done.")
    @Nullable
    Long step();

    /**
     * Steps in all.
     *
     * @return the steps, or null
     */
    @FieldSchema("Steps in all.")
    @Nullable
    Long total();

    /**
     * Epoch it is in.
     *
     * @return the epoch, or null
     */
    @FieldSchema("Epoch it is in.")
    @Nullable
    Long epoch();

    /**
     * When it will be done at the pace so far.
     *
     * @return the time in RFC 3339, or null
     */
    @FieldSchema("When it will be done at the pace so far.")
    @Nullable
    String eta();

    /**
     * Starts a value.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link MLTrainProgress}. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonPOJOBuilder(withPrefix = "")
    final class Builder extends ImmutableMLTrainProgress.Builder {}
}

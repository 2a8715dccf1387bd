package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.mlengine.spi.model.ModelStyle;
import org.immutables.value.Value;
import org.jspecify.annotations.Nullable;

/** What a job has held over all its attempts, whether used or not. */
@ModelStyle
@Value.Immutable
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonSerialize(as = ImmutableMLTrainUsage.class)
@JsonDeserialize(builder = MLTrainUsage.Builder.class)
public interface MLTrainUsage {
    /**
     * Device time.
     *
     * @return whole GPU-seconds, cut, or null
     */
    @FieldSchema("Device time: whole GPU-seconds.")
    @Nullable
    Long gpuSeconds();

    /**
     * The part of it that failed or preempted attempts held.
     *
     * @return whole GPU-seconds, cut, or null
     */
    @FieldSchema("The part of the GPU-seconds that failed or preempted attempts held.")
    @Nullable
    Long lostGpuSeconds();

    /**
     * CPU time asked for.
     *
     * @return whole core-seconds, cut, or null
     */
    @FieldSchema("CPU time asked for: whole core-seconds.")
    @Nullable
    Long cpuSeconds();

    /**
     * Memory asked for.
     *
     * @return whole GiB-seconds, cut, or null
     */
    @FieldSchema("Memory asked for: whole GiB-seconds.")
    @Nullable
    Long memoryGibSeconds();

    /**
     * Starts a value.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link MLTrainUsage}. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonPOJOBuilder(withPrefix = "")
    final class Builder extends ImmutableMLTrainUsage.Builder {}
}

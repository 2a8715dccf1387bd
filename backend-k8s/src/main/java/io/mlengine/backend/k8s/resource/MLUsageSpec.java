package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.mlengine.spi.model.ModelStyle;
import java.util.List;
import org.immutables.value.Value;
import org.jspecify.annotations.Nullable;

/** What one attempt of a job held, whether used or not. */
@ModelStyle
@Value.Immutable
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonSerialize(as = ImmutableMLUsageSpec.class)
@JsonDeserialize(builder = MLUsageSpec.Builder.class)
public interface MLUsageSpec {
    /**
     * The job.
     *
     * @return the object's name, or null
     */
    @FieldSchema("The job.")
    @Nullable
    String job();

    /**
     * The job, for good.
     *
     * @return the object's uid, or null
     */
    @FieldSchema("The job, for good.")
    @Nullable
    String jobUid();

    /**
     * Number of the attempt.
     *
     * @return the number, from 1, or null
     */
    @FieldSchema("Number of the attempt.")
    @Nullable
    Integer attempt();

    /**
     * The queue that pays.
     *
     * @return its name, or null
     */
    @FieldSchema("The queue that pays.")
    @Nullable
    String queue();

    /**
     * Who submitted the job.
     *
     * @return the user's name, or null
     */
    @FieldSchema("Who submitted the job.")
    @Nullable
    String user();

    /**
     * What became of the work.
     *
     * @return {@code Useful}, {@code Lost} or {@code Open}, or null
     */
    @FieldSchema("What became of the work: Useful, Lost or Open.")
    @Nullable
    String worth();

    /**
     * Start of the first interval.
     *
     * @return the time in RFC 3339, or null
     */
    @FieldSchema("Start of the first interval.")
    @Nullable
    String since();

    /**
     * End of the last interval.
     *
     * @return the time in RFC 3339, or null
     */
    @FieldSchema("End of the last interval.")
    @Nullable
    String until();

    /**
     * Models of the devices of all intervals, for people.
     *
     * @return the models, separated by commas, {@code cpu} for none, or null
     */
    @FieldSchema("Models of the devices of all intervals, for people; cpu for none.")
    @Nullable
    String deviceModels();

    /**
     * Device time of all intervals, for people.
     *
     * @return whole GPU-seconds, cut, or null
     */
    @FieldSchema("Device time of all intervals, for people.")
    @Nullable
    Long gpuSeconds();

    /**
     * CPU time of all intervals, for people.
     *
     * @return whole core-seconds, cut, or null
     */
    @FieldSchema("CPU time of all intervals, for people.")
    @Nullable
    Long cpuSeconds();

    /**
     * The exact figures.
     *
     * @return by interval and device model
     */
    @FieldSchema("The exact figures.")
    List<MLUsageInterval> intervals();

    /**
     * Starts a value.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link MLUsageSpec}. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonPOJOBuilder(withPrefix = "")
    final class Builder extends ImmutableMLUsageSpec.Builder {}
}

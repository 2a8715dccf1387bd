package io.mlengine.backend.k8s.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.mlengine.spi.model.ModelStyle;
import org.immutables.value.Value;
import org.jspecify.annotations.Nullable;

/** What was held of one device model while the membership did not change. */
@ModelStyle
@Value.Immutable
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonSerialize(as = ImmutableMLUsageInterval.class)
@JsonDeserialize(builder = MLUsageInterval.Builder.class)
public interface MLUsageInterval {
    /**
     * Model of the devices; CPU and memory count under the model of a replica's first device.
     *
     * @return the model, {@code cpu} or {@code unknown}, or null
     */
    @FieldSchema("Model of the devices; CPU and memory count under the model of a replica's first device.")
    @Nullable
    String deviceModel();

    /**
     * Start, inclusive.
     *
     * @return the time in RFC 3339, or null
     */
    @FieldSchema("Start, inclusive.")
    @Nullable
    String since();

    /**
     * End, exclusive.
     *
     * @return the time in RFC 3339, or null
     */
    @FieldSchema("End, exclusive.")
    @Nullable
    String until();

    /**
     * Device time.
     *
     * @return devices × milliseconds in digits, or null
     */
    @FieldSchema(value = "Device time: devices times milliseconds.", pattern = "[0-9]{1,40}")
    @Nullable
    String deviceMillis();

    /**
     * CPU time asked for.
     *
     * @return thousandths of a core × milliseconds in digits, or null
     */
    @FieldSchema(value = "CPU time asked for: thousandths of a core times milliseconds.", pattern = "[0-9]{1,40}")
    @Nullable
    String cpuMilliMillis();

    /**
     * Memory asked for.
     *
     * @return bytes × milliseconds in digits, or null
     */
    @FieldSchema(value = "Memory asked for: bytes times milliseconds.", pattern = "[0-9]{1,40}")
    @Nullable
    String memoryByteMillis();

    /**
     * Starts a value.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link MLUsageInterval}. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonPOJOBuilder(withPrefix = "")
    final class Builder extends ImmutableMLUsageInterval.Builder {}
}

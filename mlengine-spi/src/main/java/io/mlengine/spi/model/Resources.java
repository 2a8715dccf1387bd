package io.mlengine.spi.model;

import java.util.Optional;
import java.util.SortedMap;
import org.immutables.value.Value;

/** What one replica holds while it lives. Zero means "not asked for", which backends do not limit. */
@ModelStyle
@Value.Immutable
public interface Resources {
    /** Asks for nothing. */
    Resources NONE = builder().build();

    /**
     * CPU time in thousandths of a core.
     *
     * @return the thousandths, 0 when not asked for
     */
    default @Value.Default long cpuMillis() {
        return 0;
    }

    /**
     * Main memory in bytes.
     *
     * @return the bytes, 0 when not asked for
     */
    default @Value.Default long memoryBytes() {
        return 0;
    }

    /**
     * GPUs.
     *
     * @return the request, or empty for none
     */
    Optional<GpuRequest> gpus();

    /**
     * Other countable resources by name, for example {@code nvidia.com/rdma}.
     *
     * @return name to count
     */
    @Value.NaturalOrder
    SortedMap<String, Long> extended();

    /**
     * Number of GPUs.
     *
     * @return the count, 0 for none
     */
    default int gpuCount() {
        return gpus().map(GpuRequest::count).orElse(0);
    }

    /**
     * Starts a request.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds {@link Resources}. */
    final class Builder extends ImmutableResources.Builder {
        /**
         * Asks for whole cores.
         *
         * @param cores how many
         * @return this
         */
        public Builder cpus(int cores) {
            return cpuMillis(cores * 1000L);
        }

        /**
         * Asks for whole GPUs of any model.
         *
         * @param count how many
         * @return this
         */
        public Builder gpus(int count) {
            return gpus(GpuRequest.of(count));
        }
    }
}

package io.mlengine.plugins.jax;

import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.model.FailureClass;
import java.util.List;

/**
 * What JAX's own messages tell about a failure. Only messages that JAX and its libraries print are matched: the same words
 * from the user's program say nothing about the engine. A cause stands before its consequences.
 */
final class JaxLogRules {
    static final List<LogRule> ALL = List.of(
            // After this line the coordinator ends by a segmentation fault (seen with 0.10).
            LogRule.failure("Failed to add port to server", FailureClass.INFRASTRUCTURE, "PortTaken"),
            LogRule.failure(
                    "CUDA_ERROR_ECC_UNCORRECTABLE|uncorrectable (NVLink |ECC )?error|GPU has fallen off the bus",
                    FailureClass.INFRASTRUCTURE,
                    "GpuFault"),
            LogRule.failure(
                    "RESOURCE_EXHAUSTED: (Out of memory|Failed to allocate)|CUDA_ERROR_OUT_OF_MEMORY",
                    FailureClass.USER,
                    "OutOfMemoryGpu"),
            // What the survivors print when a peer went away; the peer's own failure, if seen, is the cause.
            LogRule.failure(
                    "Gloo \\S+ failed:|JAX distributed service detected fatal errors|tasks are unhealthy"
                            + "|heartbeat timeout|ncclRemoteError|ncclSystemError",
                    FailureClass.USER_RETRYABLE,
                    "PeerLost"));

    private JaxLogRules() {}
}

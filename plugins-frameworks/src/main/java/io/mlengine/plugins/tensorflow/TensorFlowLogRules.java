package io.mlengine.plugins.tensorflow;

import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.model.FailureClass;
import java.util.List;

/**
 * What TensorFlow's own messages tell about a failure. Only messages that TensorFlow itself prints are matched: the same
 * words from the user's program say nothing about the engine. A cause stands before its consequences.
 */
final class TensorFlowLogRules {
    static final List<LogRule> ALL = List.of(
            // TensorFlow 2.21 does not print that the address is in use, only that its server could not start.
            LogRule.failure(
                    "Could not start gRPC server|Failed to add port to server",
                    FailureClass.INFRASTRUCTURE,
                    "PortTaken"),
            LogRule.failure(
                    "CUDA_ERROR_ECC_UNCORRECTABLE|uncorrectable (NVLink |ECC )?error|GPU has fallen off the bus",
                    FailureClass.INFRASTRUCTURE,
                    "GpuFault"),
            LogRule.failure(
                    "OOM when allocating tensor.*device:GPU|CUDA_ERROR_OUT_OF_MEMORY",
                    FailureClass.USER,
                    "OutOfMemoryGpu"),
            // What the survivors print when a peer went away; the peer's own failure, if seen, is the cause.
            LogRule.failure(
                    "Collective ops is aborted by|from remote target /job:|errors_impl\\.(Unavailable|Aborted)Error"
                            + "|tasks are unhealthy|heartbeat timeout|ncclRemoteError|ncclSystemError",
                    FailureClass.USER_RETRYABLE,
                    "PeerLost"));

    private TensorFlowLogRules() {}
}

package io.mlengine.plugins.pytorch;

import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.model.FailureClass;
import java.util.List;

/**
 * What PyTorch's own messages tell about a failure. Only messages that torch itself prints are matched: the same words
 * from the user's program say nothing about the engine. A cause stands before its consequences.
 */
final class PyTorchLogRules {
    static final List<LogRule> ALL = List.of(
            LogRule.failure(
                    "server socket has failed to (bind|listen).*(EADDRINUSE|[Aa]ddress already in use)",
                    FailureClass.INFRASTRUCTURE,
                    "PortTaken"),
            LogRule.failure(
                    "uncorrectable (NVLink |ECC )?error|GPU has fallen off the bus",
                    FailureClass.INFRASTRUCTURE,
                    "GpuFault"),
            LogRule.failure(
                    "CUDA out of memory|torch\\.(cuda\\.)?OutOfMemoryError", FailureClass.USER, "OutOfMemoryGpu"),
            LogRule.failure(
                    "DataLoader worker .* is killed by signal: Bus error|insufficient shared memory \\(shm\\)",
                    FailureClass.USER,
                    "OutOfSharedMemory"),
            // What the survivors print when a peer went away; the peer's own failure, if seen, is the cause.
            LogRule.failure(
                    "ncclRemoteError|ncclSystemError|unhandled system error"
                            + "|Watchdog caught collective operation timeout"
                            + "|(Connection closed by peer|Connection reset by peer|Timed out waiting .*ms for).*gloo"
                            + "|gloo.*(Connection closed by peer|Connection reset by peer|Timed out waiting .*ms for)",
                    FailureClass.USER_RETRYABLE,
                    "PeerLost"),
            LogRule.failure(
                    "Rendezvous(Timeout|Connection|Closed)Error", FailureClass.USER_RETRYABLE, "RendezvousFailed"));

    private PyTorchLogRules() {}
}

package io.mlengine.plugins.horovod;

import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.model.FailureClass;
import java.util.List;
import java.util.stream.Stream;

/**
 * What messages of Horovod, Gloo and NCCL tell about a failure. The same words from the user's program say nothing about
 * the engine, so each pattern holds something that only these libraries print. A cause stands before its consequences.
 */
final class HorovodLogRules {
    /** Those that no other meeting of the processes will mend; in an elastic job the rest is part of the course. */
    static final List<LogRule> LASTING = List.of(
            LogRule.failure(
                    "Unable to find (address|interface) for: ", FailureClass.CONFIGURATION, "NetworkInterfaceUnknown"),
            LogRule.failure("CUDA out of memory", FailureClass.USER, "OutOfMemoryGpu"));

    private static final List<LogRule> PASSING = List.of(
            LogRule.failure(
                    "Wait timeout after \\d+ seconds for key\\(s\\)|HTTP GET request failed too many times",
                    FailureClass.USER_RETRYABLE,
                    "RendezvousFailed"),
            // What the survivors print when a peer went away; the peer's own failure, if seen, is the cause.
            LogRule.failure(
                    "HorovodInternalError"
                            + "|Horovod has been shut down"
                            + "|gloo/transport/tcp/.*(Connection (closed|reset) by peer|Timed out|Broken pipe)"
                            + "|ncclRemoteError|ncclSystemError|unhandled system error",
                    FailureClass.USER_RETRYABLE,
                    "PeerLost"));

    static final List<LogRule> ALL =
            Stream.concat(LASTING.stream(), PASSING.stream()).toList();

    private HorovodLogRules() {}
}

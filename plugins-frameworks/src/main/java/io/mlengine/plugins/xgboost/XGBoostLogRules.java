package io.mlengine.plugins.xgboost;

import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.model.FailureClass;
import java.util.List;

/** What the messages of XGBoost, and of our own Python files, tell about a failure. A cause stands before its consequences. */
final class XGBoostLogRules {
    static final List<LogRule> ALL = List.of(
            LogRule.failure("XGBoost( [\\w.+]+)? is too old", FailureClass.CONFIGURATION, "XGBoostTooOld"),
            // Not every address in use is ours: only the tracker binds a port that the engine has leased to it.
            LogRule.failure(
                    "(Failed to bind socket|attempting to bind on address).*[Aa]ddress already in use",
                    FailureClass.INFRASTRUCTURE,
                    "PortTaken"),
            LogRule.failure(
                    "XGBoostError.*out of memory|cudaErrorMemoryAllocation|std::bad_alloc",
                    FailureClass.USER,
                    "OutOfMemory"),
            // What the survivors print when a worker went away; that worker's own failure, if seen, is the cause.
            LogRule.failure(
                    "The other end is likely closed"
                            + "|\\[(allgather|allreduce|broadcast|comm|loop|protocol|socket)\\.(cc|h):\\d+\\|",
                    FailureClass.USER_RETRYABLE,
                    "PeerLost"));

    private XGBoostLogRules() {}
}

package io.mlengine.plugins.mpi;

import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.model.FailureClass;
import java.util.List;

/** What mpirun's own messages tell about a failure. */
final class MpiLogRules {
    static final List<LogRule> ALL = List.of(
            LogRule.failure("There are not enough slots available in the system", FailureClass.USER, "TooFewSlots"),
            LogRule.failure(
                    "mpirun was unable to (find|launch) the specified (executable|application)",
                    FailureClass.USER,
                    "ProgramMissing"),
            // The worker's own failure, if seen, is the cause.
            LogRule.failure(
                    "(ORTE|PRTE) has lost communication with a remote daemon"
                            + "|(ORTE|PRTE) was unable to reliably start one or more daemons"
                            + "|rsh-agent: cannot reach",
                    FailureClass.USER_RETRYABLE,
                    "WorkerLost"));

    private MpiLogRules() {}
}

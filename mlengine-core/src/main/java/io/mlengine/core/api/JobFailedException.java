package io.mlengine.core.api;

import io.mlengine.core.job.FailureCause;
import io.mlengine.spi.error.MLEngineException;
import java.util.Map;
import java.util.Optional;

/** A job that a caller waited for did not succeed. */
public final class JobFailedException extends MLEngineException {
    private static final long serialVersionUID = 1L;

    private final transient JobResult result;

    /**
     * Makes the exception.
     *
     * @param result how the job ended
     */
    public JobFailedException(JobResult result) {
        super(
                EngineErrorCode.JOB_FAILED,
                "The job did not succeed.",
                Map.of(
                        "job", result.id(),
                        "result", result.outcome().result(),
                        "reason", result.outcome().reason(),
                        "message", result.outcome().message()),
                null);
        this.result = result;
    }

    /**
     * Returns how the job ended.
     *
     * @return the result
     */
    public JobResult result() {
        return result;
    }

    /**
     * Returns the first thing that went wrong.
     *
     * @return class, replica, exit status and last lines; empty after a cancel
     */
    public Optional<FailureCause> firstFailure() {
        return result.outcome().cause();
    }
}

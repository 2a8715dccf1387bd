package io.mlengine.core.api;

import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.model.Violation;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A job was rejected and the caller asked for its handle. */
public final class InvalidJobException extends MLEngineException {
    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;

    /**
     * Makes the exception.
     *
     * @param violations everything that is wrong with the job
     */
    public InvalidJobException(List<Violation> violations) {
        super(
                EngineErrorCode.INVALID_JOB,
                "The job is not valid.",
                Map.of(
                        "violations",
                        violations.stream().map(Violation::toString).collect(Collectors.joining("; "))),
                null);
        this.violations = List.copyOf(violations);
    }

    /**
     * Returns everything that is wrong with the job.
     *
     * @return the violations
     */
    public List<Violation> violations() {
        return violations;
    }
}

package io.mlengine.core.plugin;

import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Violation;
import java.util.List;

/**
 * What a framework says about a job at submit.
 *
 * @param job the job with the framework's defaults
 * @param violations what the framework cannot run, empty when it can
 * @param reservedVariables variables that the job must not set; a trailing {@code *} stands for any ending
 */
public record Review(JobShape job, List<Violation> violations, List<String> reservedVariables) {
    /** Copies the lists. */
    public Review {
        violations = List.copyOf(violations);
        reservedVariables = List.copyOf(reservedVariables);
    }
}

package io.mlengine.core.admission;

import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Violation;
import java.util.List;

/**
 * The verdict on a job.
 *
 * @param train the job with all defaults filled in
 * @param violations everything that is wrong with it; empty when it is accepted
 * @param warnings sentences about what is allowed and probably not meant
 */
public record AdmissionResult(MLTrain train, List<Violation> violations, List<String> warnings) {
    /** Copies the lists. */
    public AdmissionResult {
        violations = List.copyOf(violations);
        warnings = List.copyOf(warnings);
    }

    /**
     * Tells whether the job is accepted.
     *
     * @return true when nothing is wrong
     */
    public boolean isAccepted() {
        return violations.isEmpty();
    }
}

package io.mlengine.core.convert;

import io.mlengine.core.document.PlacedViolation;
import java.util.List;

/**
 * What became of documents of another system.
 *
 * @param jobs the jobs, in the order of their documents; to be used only when there are no violations
 * @param notes what is to be told about documents that are no jobs
 * @param violations why documents could not be converted
 */
public record Conversion(List<ConvertedJob> jobs, List<ConversionNote> notes, List<PlacedViolation> violations) {
    /** Copies the lists. */
    public Conversion {
        jobs = List.copyOf(jobs);
        notes = List.copyOf(notes);
        violations = List.copyOf(violations);
    }

    /**
     * Tells whether every document that describes a job became one.
     *
     * @return true when there are no violations
     */
    public boolean isComplete() {
        return violations.isEmpty();
    }
}

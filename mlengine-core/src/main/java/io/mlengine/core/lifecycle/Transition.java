package io.mlengine.core.lifecycle;

import io.mlengine.core.job.JobRecord;
import java.util.List;

/**
 * What an event leads to.
 *
 * @param record the record after it; the same instance when nothing changed
 * @param effects what to do once the record is stored, in order
 */
public record Transition(JobRecord record, List<Effect> effects) {
    /** Copies the list. */
    public Transition {
        effects = List.copyOf(effects);
    }
}

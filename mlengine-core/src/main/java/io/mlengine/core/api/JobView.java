package io.mlengine.core.api;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import io.mlengine.core.scheduling.Wait;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.backend.UsageSample;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ModelStyle;
import io.mlengine.spi.model.ReplicaKey;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import org.immutables.value.Value;

/** A job as it was at one moment: its stored record and what is only of passing interest. */
@ModelStyle
@Value.Immutable
public interface JobView {
    /**
     * The stored record.
     *
     * @return the record
     */
    JobRecord record();

    /**
     * When this view was made.
     *
     * @return the time
     */
    Instant asOf();

    /**
     * The newest progress that any of its replicas reported.
     *
     * @return the progress, or empty
     */
    Optional<Progress> progress();

    /**
     * Why it waits, while it is queued.
     *
     * @return reasons, position and expected start, or empty
     */
    Optional<Wait> waiting();

    /**
     * The newest sample of what each live replica uses.
     *
     * @return by role and index
     */
    @Value.NaturalOrder
    SortedMap<ReplicaKey, UsageSample> samples();

    /**
     * The job's id.
     *
     * @return the id
     */
    default JobId id() {
        return record().id();
    }

    /**
     * The job's name.
     *
     * @return the name
     */
    default String name() {
        return record().train().name();
    }

    /**
     * The job's phase.
     *
     * @return the phase
     */
    default Phase phase() {
        return record().phase();
    }

    /**
     * Starts a view.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link JobView}. */
    final class Builder extends ImmutableJobView.Builder {}
}

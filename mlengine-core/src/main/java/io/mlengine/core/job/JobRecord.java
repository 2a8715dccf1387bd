package io.mlengine.core.job;

import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ModelStyle;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.immutables.value.Value;

/**
 * A job and everything that became of it. The state machine makes each new record; nobody else may. Stored as a whole.
 */
@ModelStyle
@Value.Immutable
public interface JobRecord {
    /** What the user wishes, apart from the spec. */
    enum Desired {
        /** It shall run. */
        RUN,
        /** It shall be held back. */
        SUSPEND,
        /** It shall end. */
        CANCEL,
        /** It shall end and be forgotten. */
        DELETE
    }

    /** Where a draining job goes when nothing of it is alive. */
    enum DrainTarget {
        /** Back to the queue. */
        QUEUED,
        /** Held back. */
        SUSPENDED,
        /** To the phase of its outcome. */
        OUTCOME
    }

    /**
     * The job's id.
     *
     * @return the id
     */
    JobId id();

    /**
     * The wish, with all defaults filled in.
     *
     * @return the job
     */
    MLTrain train();

    /**
     * Who submitted it.
     *
     * @return the user's name
     */
    String user();

    /**
     * Order of submission in this engine; the last comparator of every tie.
     *
     * @return the sequence, kept over retries
     */
    long sequence();

    /**
     * +1 for each new record of this job.
     *
     * @return the version, from 1
     */
    long version();

    /**
     * The phase.
     *
     * @return the phase
     */
    Phase phase();

    /**
     * What the user wishes.
     *
     * @return the wish
     */
    default @Value.Default Desired desired() {
        return Desired.RUN;
    }

    /**
     * The outcome, from the moment it is decided.
     *
     * @return the outcome, or empty
     */
    Optional<Outcome> outcome();

    /**
     * Where it goes when it has drained; present in RESTARTING, SUSPENDING and STOPPING.
     *
     * @return the target, or empty
     */
    Optional<DrainTarget> drainsTo();

    /**
     * The newest attempt, also after it has ended.
     *
     * @return the attempt, or empty before the first grant
     */
    Optional<Attempt> attempt();

    /**
     * Attempts before the newest, oldest first; of a long series some are kept, the others are {@link #forgotten}.
     *
     * @return at most 32 attempts
     */
    List<Attempt> pastAttempts();

    /**
     * Attempts that are not among {@link #pastAttempts} any more.
     *
     * @return how many, and the sum of what they used
     */
    default @Value.Default Forgotten forgotten() {
        return Forgotten.NONE;
    }

    /**
     * Retries used.
     *
     * @return the counts
     */
    default @Value.Default RetryCount retries() {
        return RetryCount.ZERO;
    }

    /**
     * Wished number of replicas of elastic roles that were resized.
     *
     * @return role to number; a role that is absent has the spec's number
     */
    @Value.NaturalOrder
    SortedMap<String, Integer> sizes();

    /**
     * Timers that are set; {@link #wakeAt()} tells which comes next.
     *
     * @return timer to absolute time
     */
    @Value.NaturalOrder
    SortedMap<JobTimer, Instant> timers();

    /**
     * Phases entered, oldest first; of a long series only the newest are kept.
     *
     * @return at most 256 entries
     */
    List<PhaseChange> history();

    /**
     * When it was accepted.
     *
     * @return the time
     */
    Instant createdAt();

    /**
     * When it first ran.
     *
     * @return the time, or empty
     */
    Optional<Instant> startedAt();

    /**
     * When it ended; present in exactly the terminal phases.
     *
     * @return the time, or empty
     */
    Optional<Instant> finishedAt();

    /**
     * What was seen of its replicas.
     *
     * @return the observations
     */
    default @Value.Default Observations observations() {
        return Observations.NONE;
    }

    /**
     * Number of the newest attempt.
     *
     * @return the number, 0 before the first
     */
    default int attemptNumber() {
        return attempt().map(attempt -> attempt.id().number()).orElse(0);
    }

    /**
     * When the job next needs a look without anything happening to it: the earliest timer that can fire in its phase.
     *
     * @return the time, or empty when no timer waits
     */
    default Optional<Instant> wakeAt() {
        return timers().entrySet().stream()
                .filter(timer -> timer.getKey().firesIn(phase()))
                .map(Map.Entry::getValue)
                .min(Comparator.naturalOrder());
    }

    /**
     * Wished number of replicas of a role.
     *
     * @param role one of the job's roles
     * @return the number
     */
    default int size(String role) {
        Integer resized = sizes().get(role);
        if (resized != null) {
            return resized;
        }
        return train().roles().stream()
                .filter(candidate -> candidate.name().equals(role))
                .findFirst()
                .map(io.mlengine.spi.model.Role::replicas)
                .orElse(0);
    }

    /**
     * The part of the job that launchers and backends see.
     *
     * @return the shape
     */
    default JobShape shape() {
        return train().shape();
    }

    /** Refuses records that must not exist. */
    @Value.Check
    default void check() {
        if (phase().isTerminal() != finishedAt().isPresent()) {
            throw new IllegalStateException("phase " + phase() + " with finishedAt " + finishedAt());
        }
        if (phase().isTerminal() && outcome().isEmpty()) {
            throw new IllegalStateException("phase " + phase() + " without outcome");
        }
    }

    /**
     * Starts a record.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link JobRecord}. */
    final class Builder extends ImmutableJobRecord.Builder {}
}

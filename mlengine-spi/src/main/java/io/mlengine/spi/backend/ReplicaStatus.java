package io.mlengine.spi.backend;

import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.ReplicaId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/** The whole state of one started replica, as the backend sees it. */
@io.mlengine.spi.model.ModelStyle
@Value.Immutable
public interface ReplicaStatus {
    /**
     * Which start of which replica.
     *
     * @return the id
     */
    ReplicaId id();

    /**
     * Rises with each change of this replica; an older or equal revision is ignored.
     *
     * @return the revision
     */
    long revision();

    /**
     * The state.
     *
     * @return the state
     */
    ReplicaState state();

    /**
     * How it ended.
     *
     * @return the exit status; empty while it lives, when it could not be started and when it is unknown
     */
    Optional<ExitStatus> exit();

    /**
     * Whose fault the failure is, where the backend or a log rule knows; else the exit-code profile decides.
     *
     * @return the class, or empty
     */
    Optional<FailureClass> failureClass();

    /**
     * Short word for the state, for example {@code OutOfMemory}, {@code PortTaken}, {@code PreparingEnvironment}.
     *
     * @return the word, or empty
     */
    default @Value.Default String reason() {
        return "";
    }

    /**
     * One sentence for people; never a secret.
     *
     * @return the sentence, or empty
     */
    default @Value.Default String message() {
        return "";
    }

    /**
     * Last lines of its output, oldest first; set when it has ended.
     *
     * @return at most 20 lines
     */
    List<String> lastLines();

    /**
     * The commit of the job's repository whose files it has.
     *
     * @return the full commit, or empty while that is not known
     */
    Optional<String> codeCommit();

    /**
     * When its process started.
     *
     * @return the time, or empty
     */
    Optional<Instant> startedAt();

    /**
     * When it ended.
     *
     * @return the time, or empty
     */
    Optional<Instant> endedAt();

    /**
     * Starts a status.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link ReplicaStatus}. */
    final class Builder extends ImmutableReplicaStatus.Builder {}
}

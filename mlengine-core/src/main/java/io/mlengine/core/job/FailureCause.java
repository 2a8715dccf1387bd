package io.mlengine.core.job;

import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.ReplicaId;
import java.util.List;
import java.util.Optional;

/**
 * The first thing that went wrong in an attempt.
 *
 * @param failureClass whose fault it is
 * @param reason short word, for example {@code OutOfMemory} or {@code NodeLost}
 * @param message one sentence for people
 * @param replica the replica that failed first; empty when no single one did
 * @param exit how it ended; empty when unknown or never started
 * @param lastLines last lines of its output, oldest first
 */
public record FailureCause(
        FailureClass failureClass,
        String reason,
        String message,
        Optional<ReplicaId> replica,
        Optional<ExitStatus> exit,
        List<String> lastLines) {
    /** Copies the list. */
    public FailureCause {
        lastLines = List.copyOf(lastLines);
    }
}

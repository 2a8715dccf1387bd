package io.mlengine.backend.local.prepare;

import io.mlengine.spi.model.FailureClass;
import org.jspecify.annotations.Nullable;

/** What an attempt needs could not be made ready. The message is for people and holds no secret. */
public final class PreparationException extends Exception {
    private static final long serialVersionUID = 1L;

    private final FailureClass failureClass;
    private final String reason;

    /**
     * Says what is missing.
     *
     * @param failureClass {@code CONFIGURATION} when no attempt will differ, {@code INFRASTRUCTURE} when one may
     * @param reason stable name, for example {@code CodeNotFound}
     * @param message what happened and what can be done about it
     */
    public PreparationException(FailureClass failureClass, String reason, String message) {
        this(failureClass, reason, message, null);
    }

    PreparationException(FailureClass failureClass, String reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.failureClass = failureClass;
        this.reason = reason;
    }

    static PreparationException wrong(String reason, String message) {
        return new PreparationException(FailureClass.CONFIGURATION, reason, message);
    }

    static PreparationException unlucky(String reason, String message) {
        return new PreparationException(FailureClass.INFRASTRUCTURE, reason, message);
    }

    static PreparationException diskTrouble(String what, java.io.IOException cause) {
        return new PreparationException(FailureClass.INFRASTRUCTURE, "FolderNotWritable", what + ": " + cause, cause);
    }

    static PreparationException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new PreparationException(
                FailureClass.INFRASTRUCTURE, "PreparationInterrupted", "The preparation was stopped.", cause);
    }

    /** Whether another attempt may succeed. */
    public FailureClass failureClass() {
        return failureClass;
    }

    /** Stable name of what happened. */
    public String reason() {
        return reason;
    }
}

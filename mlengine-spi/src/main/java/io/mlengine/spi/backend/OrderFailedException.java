package io.mlengine.spi.backend;

import io.mlengine.spi.model.FailureClass;
import org.jspecify.annotations.Nullable;

/** Why a backend could not carry out an order: the stage of the order fails with this. */
public final class OrderFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final FailureClass failureClass;
    private final String reason;

    /**
     * Makes the exception.
     *
     * @param failureClass whose fault it is; decides whether and at whose cost the job tries again
     * @param reason short word, for example {@code DeviceTaken}
     * @param message one sentence for people; never a secret
     * @param cause what led to it, or null
     */
    public OrderFailedException(FailureClass failureClass, String reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.failureClass = failureClass;
        this.reason = reason;
    }

    /**
     * Tells whose fault it is.
     *
     * @return the class
     */
    public FailureClass failureClass() {
        return failureClass;
    }

    /**
     * Returns the short word.
     *
     * @return the word
     */
    public String reason() {
        return reason;
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? reason : message;
    }
}

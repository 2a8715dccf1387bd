package io.mlengine.backend.k8s.pod;

import io.mlengine.spi.backend.OrderFailedException;
import io.mlengine.spi.model.FailureClass;

/**
 * Something that a job asks for and that cannot be done with pods, told so that the user can mend it.
 *
 * @param path the field, for example {@code spec.inputs[0].source}
 * @param reason short word, for example {@code InputUnsupported}
 * @param message one or two sentences for people
 */
public record Unsupported(String path, String reason, String message) {
    /**
     * Refuses an order for it.
     *
     * @return the exception; its class is {@link FailureClass#CONFIGURATION}
     */
    public OrderFailedException toException() {
        return new OrderFailedException(FailureClass.CONFIGURATION, reason, path + ": " + message, null);
    }
}

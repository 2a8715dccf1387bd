package io.mlengine.spi.error;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An error with a stable code. The text is constant for each code; what differs between occurrences is in the details. */
public class MLEngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient ErrorCode code;
    private final transient Map<String, Object> details;

    /**
     * Makes an error.
     *
     * @param code its stable code
     * @param text what happened; a second sentence of advice starts with "Maybe"
     * @param details what differs between occurrences; never a secret
     * @param cause what led to it, or null
     */
    public MLEngineException(ErrorCode code, String text, Map<String, ?> details, @Nullable Throwable cause) {
        super(text, cause);
        this.code = code;
        this.details = Collections.unmodifiableSortedMap(new TreeMap<>(details));
    }

    /**
     * Returns the stable code.
     *
     * @return the code
     */
    public ErrorCode code() {
        return code;
    }

    /**
     * Returns what differs between occurrences.
     *
     * @return name to value
     */
    public Map<String, Object> details() {
        return details;
    }

    @Override
    public String getMessage() {
        String text = String.valueOf(super.getMessage());
        return details.isEmpty() ? text : text + " " + details;
    }
}

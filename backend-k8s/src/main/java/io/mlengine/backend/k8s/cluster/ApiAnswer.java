package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.spi.backend.OrderFailedException;
import io.mlengine.spi.model.FailureClass;
import java.util.Locale;

/** What a refusal by the API server means for whoever asked. */
public enum ApiAnswer {
    /** An object of that name is there. */
    EXISTS,
    /** The object, or its namespace, is not there. */
    MISSING,
    /** The object is in another state than was assumed. */
    CONFLICT,
    /** The namespace's quota is used up. */
    QUOTA,
    /** We lack the right; whoever runs the engine can mend it. */
    FORBIDDEN,
    /** The object itself is refused, by validation, a policy or a webhook. */
    REFUSED,
    /** The server is overloaded, restarting or not reachable: the same call may succeed later. */
    TRANSIENT;

    private static final int MOST_MESSAGE = 1000;

    /**
     * Reads a refusal.
     *
     * @param error what the client threw
     * @return what it means
     */
    public static ApiAnswer of(KubernetesClientException error) {
        String message = message(error);
        return switch (error.getCode()) {
            case 404 -> MISSING;
            case 409 -> "AlreadyExists".equals(reason(error)) ? EXISTS : CONFLICT;
            case 403 -> forbidden(message);
            case 400, 405, 406, 413, 415, 422 -> REFUSED;
            default -> TRANSIENT;
        };
    }

    private static ApiAnswer forbidden(String message) {
        if (message.contains("exceeded quota")) {
            return QUOTA;
        }
        return message.contains(" cannot ") ? FORBIDDEN : REFUSED;
    }

    private static String reason(KubernetesClientException error) {
        Status status = error.getStatus();
        return status == null || status.getReason() == null ? "" : status.getReason();
    }

    /**
     * The server's own words where it said any.
     *
     * @param error what the client threw
     * @return at most a thousand letters
     */
    public static String message(KubernetesClientException error) {
        Status status = error.getStatus();
        String text = status == null || status.getMessage() == null
                ? String.valueOf(error.getMessage())
                : status.getMessage();
        return text.length() <= MOST_MESSAGE ? text : text.substring(0, MOST_MESSAGE);
    }

    /** The failure of an order to create something that ended with this answer. */
    static OrderFailedException orderFailed(KubernetesClientException error, String what) {
        String message = "cannot create " + what + ": " + message(error);
        return switch (of(error)) {
            case QUOTA -> failed(FailureClass.QUOTA, "QuotaExceeded", message, error);
            case REFUSED -> failed(FailureClass.CONFIGURATION, refusal(message), message, error);
            case MISSING -> failed(FailureClass.CONFIGURATION, "NamespaceMissing", message, error);
            case EXISTS -> failed(FailureClass.CONFIGURATION, "NameTaken", message, error);
            case FORBIDDEN -> failed(FailureClass.INFRASTRUCTURE, "Forbidden", message, error);
            case CONFLICT, TRANSIENT -> failed(FailureClass.INFRASTRUCTURE, "ApiUnavailable", message, error);
        };
    }

    private static String refusal(String message) {
        return message.toLowerCase(Locale.ROOT).contains("being terminated") ? "NamespaceTerminating" : "Refused";
    }

    private static OrderFailedException failed(
            FailureClass failure, String reason, String message, KubernetesClientException cause) {
        return new OrderFailedException(failure, reason, message, cause);
    }
}

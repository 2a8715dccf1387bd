package io.mlengine.backend.k8s.webhook;

import org.jspecify.annotations.Nullable;

/** Certificates or keys cannot be read; the message names where they lie, never what they say. */
final class UnreadableCertificatesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableCertificatesException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

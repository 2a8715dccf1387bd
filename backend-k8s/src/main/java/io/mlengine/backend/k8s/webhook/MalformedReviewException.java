package io.mlengine.backend.k8s.webhook;

/** A request is no question of an API server; the message quotes nothing of it. */
final class MalformedReviewException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedReviewException(String message) {
        super(message);
    }
}

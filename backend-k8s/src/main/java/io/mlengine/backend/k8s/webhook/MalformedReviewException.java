package io.mlengine.backend.k8s.webhook;

/** A request is no question of an API server; the message quotes nothing of it. */
final class MalformedReviewException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String complaint;

    MalformedReviewException(String complaint) {
        super(complaint);
        this.complaint = complaint;
    }

    /** What is wrong with the request. */
    String complaint() {
        return complaint;
    }
}

package io.mlengine.backend.k8s.webhook;

/**
 * Who submitted a job: written by the webhook from what the API server knows, so that nobody can submit in another's name.
 * Nobody may change it, whatever else he may do to the object.
 */
final class Submitter {
    /** Annotation of an {@code MLTrain}: name of the user who made it. */
    static final String ANNOTATION = "mlengine.io/user";

    private Submitter() {}
}

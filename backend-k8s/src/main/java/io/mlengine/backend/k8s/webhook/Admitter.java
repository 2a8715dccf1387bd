package io.mlengine.backend.k8s.webhook;

/** Answers the API server's questions about one kind of object. May be called by several threads. */
@FunctionalInterface
interface Admitter {
    /**
     * Decides. Has no effect on anything but its answer, so a dry run is asked like any other.
     *
     * @param review the question
     * @return the answer
     */
    Verdict admit(Review review);
}

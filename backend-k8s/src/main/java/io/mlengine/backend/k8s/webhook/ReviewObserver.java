package io.mlengine.backend.k8s.webhook;

import java.time.Duration;

/** Hears of each review that was decided, to count them. Called by several threads; must not block or throw. */
@FunctionalInterface
public interface ReviewObserver {
    /** Counts nothing. */
    ReviewObserver NONE = (path, outcome, took) -> {};

    /** What became of a review. */
    enum Outcome {
        /** Allowed, as it was or with changes. */
        ALLOWED,
        /** Refused with a reason. */
        REFUSED,
        /** No decision could be made. */
        FAILED
    }

    /**
     * A review was decided.
     *
     * @param path the webhook's path, such as {@code /validate-mltrain}
     * @param outcome what became of it
     * @param took how long the decision took
     */
    void decided(String path, Outcome outcome, Duration took);
}

package io.mlengine.backend.k8s.webhook;

import java.time.Duration;

/** Tells of each decision of another admitter. */
record ObservedAdmitter(String path, Admitter admitter, ReviewObserver observer) implements Admitter {
    @Override
    public Verdict admit(Review review) {
        long begun = System.nanoTime();
        ReviewObserver.Outcome outcome = ReviewObserver.Outcome.FAILED;
        try {
            Verdict verdict = admitter.admit(review);
            outcome = verdict.isAllowed() ? ReviewObserver.Outcome.ALLOWED : ReviewObserver.Outcome.REFUSED;
            return verdict;
        } finally {
            observer.decided(path, outcome, Duration.ofNanos(System.nanoTime() - begun));
        }
    }
}

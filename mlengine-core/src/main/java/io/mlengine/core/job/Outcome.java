package io.mlengine.core.job;

import java.time.Instant;
import java.util.Optional;

/**
 * How a job ends; decided once, stored before anything is cleaned up.
 *
 * @param result the result
 * @param reason short word, for example {@code BackoffLimitExceeded}
 * @param message one sentence for people
 * @param cause the failure that led to it; empty for success and for a cancel without failure
 * @param decidedAt when it was decided
 */
public record Outcome(Result result, String reason, String message, Optional<FailureCause> cause, Instant decidedAt) {
    /** The results. */
    public enum Result {
        /** Ended well. */
        SUCCEEDED,
        /** Ended badly. */
        FAILED,
        /** Ended because a user wished so. */
        CANCELLED;

        /**
         * The phase that a job with this result ends in.
         *
         * @return the phase
         */
        public Phase phase() {
            return switch (this) {
                case SUCCEEDED -> Phase.SUCCEEDED;
                case FAILED -> Phase.FAILED;
                case CANCELLED -> Phase.CANCELLED;
            };
        }
    }
}

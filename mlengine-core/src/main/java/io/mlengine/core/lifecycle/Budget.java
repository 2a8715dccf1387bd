package io.mlengine.core.lifecycle;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Retries;
import io.mlengine.core.job.RetryCount;
import io.mlengine.spi.model.FailureClass;
import java.util.Optional;
import java.util.OptionalInt;

/** The purses that retries are paid from. */
enum Budget {
    USER,
    INFRASTRUCTURE,
    PREEMPTION,
    /** Pays for what is no fault, and is never used up. */
    NOBODY;

    /** The purse that pays for another try after a failure of this class; none pays for a permanent one. */
    static Optional<Budget> of(FailureClass failure) {
        return switch (failure) {
            case USER, CONFIGURATION -> Optional.empty();
            case USER_RETRYABLE -> Optional.of(USER);
            case INFRASTRUCTURE -> Optional.of(INFRASTRUCTURE);
            case PREEMPTED -> Optional.of(PREEMPTION);
            case QUOTA -> Optional.of(NOBODY);
        };
    }

    boolean isExhausted(JobRecord record) {
        OptionalInt limit = limit(record.train().runPolicy().retries());
        return limit.isPresent() && used(record.retries()) >= limit.getAsInt();
    }

    RetryCount charge(RetryCount count) {
        return switch (this) {
            case USER ->
                new RetryCount(count.user() + 1, count.infrastructure(), count.preemption(), count.sinceReset());
            case INFRASTRUCTURE ->
                new RetryCount(count.user(), count.infrastructure() + 1, count.preemption(), count.sinceReset());
            case PREEMPTION ->
                new RetryCount(count.user(), count.infrastructure(), count.preemption() + 1, count.sinceReset());
            case NOBODY -> count;
        };
    }

    private OptionalInt limit(Retries retries) {
        return switch (this) {
            case USER -> OptionalInt.of(retries.user());
            case INFRASTRUCTURE -> OptionalInt.of(retries.infrastructure());
            case PREEMPTION -> retries.preemption();
            case NOBODY -> OptionalInt.empty();
        };
    }

    private int used(RetryCount count) {
        return switch (this) {
            case USER -> count.user();
            case INFRASTRUCTURE -> count.infrastructure();
            case PREEMPTION -> count.preemption();
            case NOBODY -> 0;
        };
    }
}

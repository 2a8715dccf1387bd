package io.mlengine.core.api;

import io.mlengine.spi.model.Violation;
import java.util.List;

/** What became of a submit. */
public sealed interface SubmitResult {
    /** The variants, for exhaustive switches. */
    enum Kind {
        /** {@link Accepted}. */
        ACCEPTED,
        /** {@link Rejected}. */
        REJECTED
    }

    /**
     * Returns which variant this is.
     *
     * @return the variant
     */
    Kind kind();

    /**
     * Returns the handle of an accepted job.
     *
     * @return the handle
     * @throws InvalidJobException when it was rejected
     */
    JobHandle orThrow();

    /**
     * The job is stored and will run.
     *
     * @param job its handle
     */
    record Accepted(JobHandle job) implements SubmitResult {
        @Override
        public Kind kind() {
            return Kind.ACCEPTED;
        }

        @Override
        public JobHandle orThrow() {
            return job;
        }
    }

    /**
     * The job is not valid; nothing was stored.
     *
     * @param violations everything that is wrong with it
     */
    record Rejected(List<Violation> violations) implements SubmitResult {
        /** Copies the list. */
        public Rejected {
            violations = List.copyOf(violations);
        }

        @Override
        public Kind kind() {
            return Kind.REJECTED;
        }

        @Override
        public JobHandle orThrow() {
            throw new InvalidJobException(violations);
        }
    }
}

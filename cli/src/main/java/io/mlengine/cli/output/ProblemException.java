package io.mlengine.cli.output;

import org.jspecify.annotations.Nullable;

/** Ends a command with a problem; caught in one place, shown without a stack trace. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    ProblemException(Problem problem, @Nullable Throwable cause) {
        super(problem.title(), cause);
        this.problem = problem;
    }

    /** What to tell. */
    public Problem problem() {
        return problem;
    }
}

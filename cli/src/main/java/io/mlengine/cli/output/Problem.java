package io.mlengine.cli.output;

import java.util.List;

/**
 * What went wrong, for the one who typed the command.
 *
 * @param exit how the command ends
 * @param title one sentence that names the thing, without a full stop
 * @param details further lines, shown as they are
 * @param advice what to do next, one action a line
 */
public record Problem(ExitCode exit, String title, List<String> details, List<String> advice) {
    /** Copies the lists. */
    public Problem {
        details = List.copyOf(details);
        advice = List.copyOf(advice);
    }

    /** A problem without details. */
    public static Problem of(ExitCode exit, String title, String... advice) {
        return new Problem(exit, title, List.of(), List.of(advice));
    }

    /** Carries the problem to the one place that prints it. */
    public ProblemException raise() {
        return new ProblemException(this, null);
    }

    /** Carries the problem to the one place that prints it. */
    public ProblemException raise(Throwable cause) {
        return new ProblemException(this, cause);
    }
}

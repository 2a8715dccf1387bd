package io.mlengine.core.job;

import java.util.OptionalInt;

/**
 * Limits of the three retry budgets; a failure is charged to exactly one of them.
 *
 * @param user retries after failures of the program, 0 for none
 * @param infrastructure retries after failures of node, backend or environment
 * @param preemption how often it may be preempted; empty for any number
 */
public record Retries(int user, int infrastructure, OptionalInt preemption) {
    /** 3 for the program, 10 for the infrastructure, any number of preemptions. */
    public static final Retries DEFAULT = new Retries(3, 10, OptionalInt.empty());
}

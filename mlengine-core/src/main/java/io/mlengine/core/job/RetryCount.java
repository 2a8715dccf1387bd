package io.mlengine.core.job;

/**
 * Retries used so far, written together with the transition that uses them.
 *
 * @param user charged to the program
 * @param infrastructure charged to node, backend or environment
 * @param preemption charged to preemption
 * @param sinceReset retries since the last long run; sets the back-off
 */
public record RetryCount(int user, int infrastructure, int preemption, int sinceReset) {
    /** None used. */
    public static final RetryCount ZERO = new RetryCount(0, 0, 0, 0);
}

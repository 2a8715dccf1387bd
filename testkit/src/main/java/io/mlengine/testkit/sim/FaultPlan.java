package io.mlengine.testkit.sim;

import java.time.Duration;

/**
 * How unkind the simulated world is. Rates are per mille of the occasions.
 *
 * @param lostReports a report of a replica's state does not arrive; the next resync repeats it
 * @param doubledReports a report arrives twice
 * @param failedReserves a reservation is refused
 * @param failedLaunches a launch order is refused
 * @param failedCommits a store commit fails and nothing is written
 * @param refusedUsage the sink throws, with or without having kept the usage
 * @param ignoredTerms a replica ignores TERM and lives until it is killed
 * @param nodeLosses a node falls silent, checked once a minute; it comes back within {@code nodeOutage}
 * @param latency longest delay of any answer or report
 * @param nodeOutage longest silence of a node
 */
public record FaultPlan(
        int lostReports,
        int doubledReports,
        int failedReserves,
        int failedLaunches,
        int failedCommits,
        int refusedUsage,
        int ignoredTerms,
        int nodeLosses,
        Duration latency,
        Duration nodeOutage) {
    /** Nothing goes wrong; answers take up to 5 ms. */
    public static final FaultPlan NONE =
            new FaultPlan(0, 0, 0, 0, 0, 0, 0, 0, Duration.ofMillis(5), Duration.ofMinutes(1));

    /** Everything goes wrong now and then. */
    public static final FaultPlan ROUGH =
            new FaultPlan(50, 50, 30, 30, 20, 200, 100, 50, Duration.ofSeconds(3), Duration.ofMinutes(3));
}

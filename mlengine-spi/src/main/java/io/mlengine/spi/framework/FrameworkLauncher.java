package io.mlengine.spi.framework;

import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Violation;
import java.util.List;
import java.util.Optional;

/**
 * Turns a job and the places it was given into processes of one framework.
 *
 * <p>Every method is a pure function: same arguments, same result; no clock, randomness, file, network or logging.
 * Calls come from a thread of the plugin's own, with a deadline; an exception or a late answer fails the job as a
 * plugin error and harms no other job. The order of calls for one job: {@link #defaults}, {@link #validate}, then for
 * each attempt {@link #needs}, {@link #plan}, and {@link #resize} when an elastic job changes its size.
 *
 * <p>A complete example, built and run by the tests, is {@code examples/plugin-hello}.
 */
public interface FrameworkLauncher {
    /**
     * Returns the name by which jobs choose this framework.
     *
     * @return the name
     */
    FrameworkName name();

    /**
     * Describes {@code frameworkOptions}, so that the engine checks names, types and ranges and publishes a JSON Schema.
     *
     * @return the schema; without options by default
     */
    default OptionSchema options() {
        return OptionSchema.NONE;
    }

    /**
     * Fills in what the user left out: restart scope, deciders, further roles such as a tracker that the framework
     * needs. Must be idempotent and must not overwrite what is set.
     *
     * @param job the job as submitted
     * @return the job with the framework's defaults
     */
    default JobShape defaults(JobShape job) {
        return job;
    }

    /**
     * Tells everything that this framework cannot run; core has already checked what holds for all frameworks.
     *
     * @param job the job with defaults
     * @return all violations, empty when it can run
     */
    default List<Violation> validate(JobShape job) {
        return List.of();
    }

    /**
     * Names of environment variables that this launcher sets. A job that sets one itself is refused at submit.
     *
     * @param job the job with defaults
     * @return the names; a trailing {@code *} stands for any ending
     */
    default List<String> reservedVariables(JobShape job) {
        return List.of();
    }

    /**
     * Declares the ports that replicas must have before {@link #plan} can be made.
     *
     * @param job the job with defaults
     * @return the needs; none by default
     */
    default Needs needs(JobShape job) {
        return Needs.NONE;
    }

    /**
     * Plans one attempt: what each replica of the view runs, with which variables and files.
     *
     * @param view the attempt's members with their addresses, ports and devices
     * @return one replica plan for each member
     */
    LaunchPlan plan(ClusterView view);

    /**
     * Plans a change of size without restarting the replicas that stay. Index 0 never leaves and the environment of the
     * survivors does not change; where that cannot hold, return empty and the attempt is started anew.
     *
     * @param from the members before
     * @param to the members after, with the next epoch
     * @return plans for the members that join, or empty for a restart
     */
    default Optional<LaunchPlan> resize(ClusterView from, ClusterView to) {
        return Optional.empty();
    }
}

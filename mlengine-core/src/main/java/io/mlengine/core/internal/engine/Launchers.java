package io.mlengine.core.internal.engine;

import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Violation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The engine's way to launchers. Stages fail with the reason when a plugin throws, hangs or answers nonsense. */
public interface Launchers {
    /**
     * What admission makes of a job.
     *
     * @param train the job with all defaults, as far as it could be read
     * @param violations everything that is wrong with it
     */
    record Admitted(MLTrain train, List<Violation> violations) {}

    /**
     * Fills in defaults and checks.
     *
     * @param train the job as submitted
     * @return the job with defaults, and violations
     */
    CompletionStage<Admitted> admit(MLTrain train);

    /**
     * Asks a launcher for its needs.
     *
     * @param job the job
     * @return the needs
     */
    CompletionStage<Needs> needs(JobShape job);

    /**
     * Asks a launcher for a plan.
     *
     * @param view the members
     * @return the plan, complete for all members
     */
    CompletionStage<LaunchPlan> plan(ClusterView view);

    /**
     * Asks a launcher to change the size in place.
     *
     * @param from the members before
     * @param to the members after
     * @return plans for those that join, or empty for a restart
     */
    CompletionStage<Optional<LaunchPlan>> resize(ClusterView from, ClusterView to);
}

package io.mlengine.core.api;

import io.mlengine.core.job.Outcome;
import io.mlengine.spi.model.JobId;
import java.time.Duration;

/**
 * How a job ended.
 *
 * @param view the job after its end
 */
public record JobResult(JobView view) {
    /**
     * The job's id.
     *
     * @return the id
     */
    public JobId id() {
        return view.id();
    }

    /**
     * The outcome.
     *
     * @return the outcome, with the first failure when it failed
     */
    public Outcome outcome() {
        return view.record().outcome().orElseThrow();
    }

    /**
     * Tells whether it ended well.
     *
     * @return true when it succeeded
     */
    public boolean isSuccess() {
        return outcome().result() == Outcome.Result.SUCCEEDED;
    }

    /**
     * Time from acceptance to the end.
     *
     * @return the time
     */
    public Duration duration() {
        return Duration.between(
                view.record().createdAt(), view.record().finishedAt().orElseThrow());
    }
}

package io.mlengine.cli.run;

import io.mlengine.core.api.EngineEvent;
import java.time.Instant;
import java.util.List;

/** Shows how jobs run. Called by the main thread only. */
interface Display extends AutoCloseable {
    /** Something happened to a job. */
    void event(EngineEvent event, JobFollower job);

    /** Time has passed, or something else may look different. */
    void refresh(List<JobFollower> jobs, Instant now, StopRules rules);

    /** Something to tell that is no event of a job. */
    void say(String text);

    /** A job has ended. */
    void ended(JobFollower job, boolean isLast);

    /** A key was pressed that is no answer to a question. */
    default void key(char key) {}

    /** Gives the screen back. Calling it again does nothing. */
    @Override
    void close();
}

package io.mlengine.cli.run;

import io.mlengine.cli.output.OutputForm;
import io.mlengine.cli.terminal.Style;
import io.mlengine.core.document.DocumentResult;
import io.mlengine.core.job.MLTrain;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What shall be run, and how it shall be shown.
 *
 * @param submissions the jobs
 * @param root folder that jobs are kept below
 * @param form form of the result
 * @param isLive whether the view is redrawn in place
 * @param outputStyle colours of standard output
 * @param errorStyle colours of standard error
 * @param timeout when to give up
 * @param isJobsCode whether the decider's own exit code is passed on
 */
public record RunWish(
        List<Submission> submissions,
        Path root,
        OutputForm form,
        boolean isLive,
        Style outputStyle,
        Style errorStyle,
        Optional<Duration> timeout,
        boolean isJobsCode) {
    /**
     * A job.
     *
     * @param document where it comes from, for messages
     * @param train what is submitted
     */
    public record Submission(DocumentResult document, MLTrain train) {}

    /** Copies the list. */
    public RunWish {
        submissions = List.copyOf(submissions);
    }
}

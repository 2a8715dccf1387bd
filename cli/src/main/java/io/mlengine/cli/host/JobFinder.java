package io.mlengine.cli.host;

import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.Problem;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.store.FolderJobs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds jobs by what users write: an id, the beginning of an id, or a name. */
public final class JobFinder {
    private static final int SHOWN = 8;

    private final FolderJobs jobs;
    private final Path root;

    /** Looks below a root. */
    public JobFinder(Path root) {
        this.root = root;
        this.jobs = FolderJobs.below(root);
    }

    /** The jobs behind it. */
    public FolderJobs jobs() {
        return jobs;
    }

    /** The folder that jobs are kept below. */
    public Path root() {
        return root;
    }

    /**
     * Finds one job. Of several with the word as their name the newest is meant; a beginning that several ids share is
     * a question to the user.
     *
     * @param word what the user wrote
     * @return the job
     * @throws io.mlengine.cli.output.ProblemException when there is none, or more than one
     */
    public JobRecord one(String word) {
        List<JobRecord> found = jobs.find(word);
        if (found.isEmpty()) {
            throw Problem.of(
                            ExitCode.NOT_FOUND,
                            "no job " + word + " below " + root,
                            "mlengine list shows the jobs; --store names another folder")
                    .raise();
        }
        JobRecord newest = found.get(0);
        boolean named = found.stream().allMatch(job -> job.train().name().equals(word));
        if (found.size() == 1 || named) {
            return newest;
        }
        List<JobRecord> byName =
                found.stream().filter(job -> job.train().name().equals(word)).toList();
        if (!byName.isEmpty()) {
            return byName.get(0);
        }
        List<String> lines = new ArrayList<>();
        found.stream()
                .limit(SHOWN)
                .forEach(job -> lines.add(job.id() + "  " + job.train().name() + "  " + job.phase()));
        if (found.size() > SHOWN) {
            lines.add("and " + (found.size() - SHOWN) + " more");
        }
        throw new Problem(
                        ExitCode.NOT_FOUND,
                        word + " is the beginning of " + found.size() + " jobs",
                        lines,
                        List.of("write more of the id"))
                .raise();
    }

    /** Tells whether a job was lost with its engine: it has not ended, and nobody runs it. */
    public boolean isLost(JobRecord job) {
        return !job.phase().isTerminal() && !jobs.isOwned(job.id());
    }

    /** The problem of a job that was lost with its engine. */
    public static Problem lost(JobRecord job) {
        return Problem.of(
                ExitCode.ENGINE,
                job.id() + " (" + job.train().name() + ") was " + job.phase() + " and was lost with its engine",
                "mlengine logs " + job.id() + " shows what it wrote",
                "run it again: the command that owned it has ended");
    }
}

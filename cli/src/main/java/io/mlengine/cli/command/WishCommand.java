package io.mlengine.cli.command;

import io.mlengine.cli.host.Host;
import io.mlengine.cli.host.JobFinder;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.JsonDocuments;
import io.mlengine.cli.output.Problem;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.store.JobStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Parameters;

/** A wish to the engine that owns a job, and the wait until the job's record shows that it was heard. */
abstract class WishCommand extends EngineCommand {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(100);

    @Parameters(
            paramLabel = "JOB",
            arity = "1..*",
            description = "Id, beginning of an id, or name (the newest of that name).")
    List<String> jobs = List.of();

    WishCommand(Host host) {
        super(host);
    }

    abstract JobStore.Wish wish(JobRecord job);

    /** What the job is refused for in its present state, before anything is wished. */
    void check(JobRecord job) {}

    /** Whether the record shows that the wish was heard. */
    abstract boolean isHeard(JobRecord job);

    /** Past tense, for people. */
    abstract String done();

    @Override
    ExitCode run() {
        JobFinder finder = finder();
        List<JobRecord> found = jobs.stream().map(finder::one).toList();
        found.forEach(job -> refuse(finder, job));
        found.forEach(job -> finder.jobs().wish(wish(job)));
        List<Map<String, Object>> documents = new ArrayList<>();
        ExitCode exit = ExitCode.OK;
        for (JobRecord job : found) {
            JobRecord now = await(finder, job);
            boolean heard = isHeard(now);
            exit = heard ? exit : ExitCode.TIMEOUT;
            switch (form()) {
                case ID -> print(job.id().value());
                case TEXT -> {
                    if (heard) {
                        print(job.id() + " (" + job.train().name() + ") " + done() + "; it is " + now.phase());
                    }
                }
                case JSON, JSONL -> documents.add(JsonDocuments.job(now));
            }
            if (!heard) {
                remark(job.id() + " is still " + now.phase() + " after " + PATIENCE.toSeconds()
                        + " s; its engine has the wish and may be busy: mlengine list --name "
                        + job.train().name());
            }
        }
        if (form().isMachine()) {
            printItems("JobList", documents);
        }
        return exit;
    }

    private void refuse(JobFinder finder, JobRecord job) {
        if (job.phase().isTerminal()) {
            throw Problem.of(
                            ExitCode.NOT_FOUND,
                            job.id() + " (" + job.train().name() + ") has ended: " + job.phase(),
                            "mlengine list shows the jobs that have not")
                    .raise();
        }
        if (finder.isLost(job)) {
            throw JobFinder.lost(job).raise();
        }
        check(job);
    }

    private JobRecord await(JobFinder finder, JobRecord job) {
        Instant end = host.clock().instant().plus(PATIENCE);
        JobRecord now = job;
        while (!isHeard(now)
                && !now.phase().isTerminal()
                && host.clock().instant().isBefore(end)) {
            LogsCommand.pause(host.clock(), POLL);
            now = finder.one(job.id().value());
        }
        return now;
    }
}

package io.mlengine.cli.command;

import io.mlengine.cli.host.Host;
import io.mlengine.cli.host.JobFinder;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.Figures;
import io.mlengine.cli.output.JsonDocuments;
import io.mlengine.cli.terminal.Style;
import io.mlengine.cli.view.Lines;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists jobs. */
@Command(
        name = "list",
        aliases = "ls",
        description = "List jobs, the newest first.",
        footer = {
            "",
            "Examples:",
            "  mlengine list",
            "  mlengine list --phase FAILED -n 5",
            "  mlengine list -o json | jq '.items[].id'"
        })
public final class ListCommand extends EngineCommand {
    @Option(names = "--phase", paramLabel = "PHASE", split = ",", description = "Only jobs in these phases.")
    List<Phase> phases = List.of();

    @Option(names = "--name", paramLabel = "NAME", description = "Only jobs of this name.")
    @Nullable
    String name;

    @Option(names = "--queue", paramLabel = "QUEUE", description = "Only jobs of this queue.")
    @Nullable
    String queue;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            defaultValue = "50",
            description = "At most so many. Default: 50.")
    int limit;

    /** The command on a host. */
    public ListCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        JobFinder finder = finder();
        List<JobRecord> jobs = new ArrayList<>(finder.jobs().list());
        Collections.reverse(jobs);
        jobs.removeIf(job -> !phases.isEmpty() && !phases.contains(job.phase())
                || name != null && !job.train().name().equals(name)
                || queue != null && !job.train().queue().equals(queue));
        List<JobRecord> shown = jobs.subList(0, Math.min(Math.max(0, limit), jobs.size()));
        switch (form()) {
            case ID -> shown.forEach(job -> print(job.id().value()));
            case JSON, JSONL ->
                printItems(
                        "JobList", shown.stream().map(job -> json(finder, job)).toList());
            case TEXT -> table(finder, shown, jobs.size());
        }
        return ExitCode.OK;
    }

    private static Map<String, Object> json(JobFinder finder, JobRecord job) {
        Map<String, Object> document = JsonDocuments.job(job);
        document.put("lost", finder.isLost(job));
        document.put("folder", finder.jobs().folder(job.id()).toString());
        return document;
    }

    private void table(JobFinder finder, List<JobRecord> jobs, int count) {
        if (jobs.isEmpty()) {
            remark("no jobs below " + root());
            return;
        }
        Style style = style();
        Instant now = host.clock().instant();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("ID", "NAME", "PHASE", "QUEUE", "ATTEMPT", "TOOK", "AGE", "WHY"));
        for (JobRecord job : jobs) {
            rows.add(List.of(
                    job.id().value(),
                    job.train().name(),
                    phase(finder, job, style),
                    job.train().queue(),
                    Integer.toString(job.attemptNumber()),
                    took(job, now),
                    Figures.time(Duration.between(job.createdAt(), now)),
                    why(job)));
        }
        print(Lines.table(rows, style));
        if (jobs.size() < count) {
            remark(jobs.size() + " of " + count + " jobs; -n " + count + " shows all");
        }
    }

    private static String phase(JobFinder finder, JobRecord job, Style style) {
        if (finder.isLost(job)) {
            return style.red("lost");
        }
        String word = job.phase().name();
        return switch (job.phase()) {
            case SUCCEEDED, RUNNING -> style.green(word);
            case FAILED -> style.red(word);
            default -> word;
        };
    }

    private static String took(JobRecord job, Instant now) {
        return job.startedAt()
                .map(start ->
                        Figures.time(Duration.between(start, job.finishedAt().orElse(now))))
                .orElse("-");
    }

    private static String why(JobRecord job) {
        return job.outcome()
                .flatMap(outcome -> outcome.cause())
                .map(cause ->
                        cause.replica().map(replica -> replica.key() + " ").orElse("")
                                + cause.exit().map(Object::toString).orElse(cause.reason()))
                .orElse("");
    }
}

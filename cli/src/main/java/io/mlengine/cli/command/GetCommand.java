package io.mlengine.cli.command;

import io.mlengine.cli.host.Host;
import io.mlengine.cli.host.JobFinder;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.Figures;
import io.mlengine.cli.output.JsonDocuments;
import io.mlengine.cli.view.EndReport;
import io.mlengine.cli.view.Lines;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.PhaseChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows one job with its replicas and its history. */
@Command(
        name = "get",
        description = "Show a job with its replicas, its history and how it ended.",
        footer = {"", "Examples:", "  mlengine get mnist-ddp", "  mlengine get mlt-7f3a91 -o json | jq .outcome"})
public final class GetCommand extends EngineCommand {
    @Parameters(paramLabel = "JOB", description = "Id, beginning of an id, or name (the newest of that name).")
    String job = "";

    /** The command on a host. */
    public GetCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        JobFinder finder = finder();
        JobRecord found = finder.one(job);
        switch (form()) {
            case ID -> print(found.id().value());
            case JSON, JSONL -> {
                Map<String, Object> document = JsonDocuments.job(found);
                document.put("lost", finder.isLost(found));
                document.put("folder", finder.jobs().folder(found.id()).toString());
                print(document);
            }
            case TEXT -> text(finder, found);
        }
        return ExitCode.OK;
    }

    private void text(JobFinder finder, JobRecord found) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("job", found.id() + "  " + style().bold(found.train().name())));
        rows.add(List.of(
                "phase",
                finder.isLost(found) ? "lost with its engine (was " + found.phase() + ")" : found.phase() + ""));
        rows.add(List.of(
                "queue", found.train().queue() + ", priority " + found.train().priority()));
        rows.add(List.of("submitted", Figures.instant(found.createdAt()) + " by " + found.user()));
        rows.add(List.of("attempts", Integer.toString(found.attemptNumber())));
        rows.add(List.of("folder", finder.jobs().folder(found.id()).toString()));
        print(Lines.table(rows, style()));
        found.attempt().filter(attempt -> !attempt.replicas().isEmpty()).ifPresent(attempt -> {
            List<List<String>> replicas = new ArrayList<>();
            replicas.add(List.of("REPLICA", "STATE", "EXIT"));
            attempt.replicas()
                    .values()
                    .forEach(replica -> replicas.add(List.of(
                            replica.key().toString(),
                            replica.current().state().name(),
                            replica.current().exit().map(Object::toString).orElse(""))));
            print("");
            print(Lines.table(replicas, style()));
        });
        List<List<String>> history = new ArrayList<>();
        for (PhaseChange change : found.history()) {
            history.add(List.of(
                    Figures.instant(change.at()),
                    change.phase().name(),
                    change.reason() + (change.message().isEmpty() ? "" : ": " + change.message())));
        }
        print("");
        print(Lines.table(history, style()));
        if (found.phase().isTerminal() && found.outcome().isPresent()) {
            print("");
            print(EndReport.of(found, finder.jobs().folder(found.id()), "", style()));
        }
    }
}

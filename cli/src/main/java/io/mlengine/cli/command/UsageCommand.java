package io.mlengine.cli.command;

import io.mlengine.cli.host.Host;
import io.mlengine.cli.host.JobFinder;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.view.UsageFigures;
import io.mlengine.cli.view.UsageReport;
import io.mlengine.core.job.JobRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Tells what a job was given, what it used of it, and why the rest was not busy. */
@Command(
        name = "usage",
        description = "Tell what a job was given, what it used of it, and why the rest was not busy.",
        footer = {"", "Examples:", "  mlengine usage mnist-ddp", "  mlengine usage mlt-7f3a91 -o json | jq .gpuSeconds"
        })
public final class UsageCommand extends EngineCommand {
    @Parameters(
            paramLabel = "JOB",
            arity = "1..*",
            description = "Id, beginning of an id, or name (the newest of that name).")
    List<String> jobs = List.of();

    /** The command on a host. */
    public UsageCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        refuseIds();
        JobFinder finder = finder();
        List<Map<String, Object>> documents = new ArrayList<>();
        for (String word : jobs) {
            JobRecord job = finder.one(word);
            UsageFigures figures =
                    UsageFigures.of(job, job.finishedAt().orElse(host.clock().instant()));
            if (form().isMachine()) {
                documents.add(UsageReport.json(job, figures));
            } else {
                print(UsageReport.of(job, figures, style()));
            }
        }
        if (documents.size() == 1) {
            print(documents.get(0));
        } else if (!documents.isEmpty()) {
            printItems("UsageList", documents);
        }
        return ExitCode.OK;
    }
}

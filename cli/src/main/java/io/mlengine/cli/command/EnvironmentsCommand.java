package io.mlengine.cli.command;

import io.mlengine.backend.local.prepare.CachedEnvironment;
import io.mlengine.backend.local.prepare.EnvironmentCache;
import io.mlengine.cli.host.Host;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.Figures;
import io.mlengine.cli.view.Lines;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** Lists the Python environments of the cache. */
@Command(
        name = "environments",
        aliases = "envs",
        description = "List the Python environments that were made for jobs, the last used first.",
        subcommands = EnvironmentsPruneCommand.class,
        footer = {
            "",
            "An environment is ready for the next job with the same requirements, in use, or broken: never finished, or"
                    + " its interpreter is gone.",
            "",
            "Examples:",
            "  mlengine environments",
            "  mlengine environments -o json | jq '.items[].folder'",
            "  mlengine environments prune --older-than 7d"
        })
public final class EnvironmentsCommand extends EngineCommand {
    /** The command on a host. */
    public EnvironmentsCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        refuseIds();
        EnvironmentCache cache = host.installation().environments();
        List<CachedEnvironment> all = EnvironmentText.all(cache);
        if (form().isMachine()) {
            printItems(
                    "EnvironmentList", all.stream().map(EnvironmentText::json).toList());
        } else if (all.isEmpty()) {
            remark("no environments in " + cache.folder());
        } else {
            table(all);
            remark(Figures.count(all.size(), "environment") + ", " + EnvironmentText.sum(all) + " in "
                    + cache.folder());
        }
        return ExitCode.OK;
    }

    private void table(List<CachedEnvironment> all) {
        Instant now = host.clock().instant();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("NAME", "PYTHON", "SIZE", "UNUSED", "STATE", "REQUIREMENTS"));
        for (CachedEnvironment environment : all) {
            rows.add(List.of(
                    EnvironmentText.name(environment),
                    environment.python(),
                    Figures.bytes(environment.bytes()),
                    environment.state() == CachedEnvironment.State.IN_USE
                            ? "-"
                            : Figures.time(Duration.between(environment.lastUsed(), now)),
                    EnvironmentText.state(environment),
                    EnvironmentText.requirements(environment)));
        }
        print(Lines.table(rows, style()));
    }
}

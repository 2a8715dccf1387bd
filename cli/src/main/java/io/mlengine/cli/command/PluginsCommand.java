package io.mlengine.cli.command;

import io.mlengine.cli.host.Host;
import io.mlengine.cli.host.PluginFolder;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.core.plugin.PluginReport;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists plugins with their state. */
@Command(
        name = "plugins",
        description =
                "List the plugins that were found, and where: loaded ones with their frameworks, refused ones with"
                        + " cause and remedy.",
        subcommands = {PluginsAddCommand.class, PluginsRemoveCommand.class},
        footer = {
            "",
            "Ends with 6 when a plugin was refused.",
            "",
            "Examples:",
            "  mlengine plugins",
            "  mlengine plugins --plugins build/libs",
            "  mlengine plugins add target/hello-plugin-1.0.0.jar"
        })
public final class PluginsCommand extends EngineCommand {
    @Option(names = "--plugins", paramLabel = "DIR", description = "Look into a folder too. May be repeated.")
    List<Path> folders = List.of();

    /** The command on a host. */
    public PluginsCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        refuseIds();
        List<PluginReport> reports = host.installation().plugins(folders);
        PluginFolder added = host.installation().pluginFolder();
        boolean refused = reports.stream().anyMatch(report -> report.state() == PluginReport.State.REFUSED);
        if (form().isMachine()) {
            printItems(
                    "PluginList",
                    reports.stream()
                            .map(report -> PluginText.json(report, added))
                            .toList());
        } else {
            reports.forEach(report -> print(PluginText.lines(report, added, style())));
            if (reports.isEmpty()) {
                remark("no plugins found");
            }
        }
        return refused ? ExitCode.ENGINE : ExitCode.OK;
    }
}

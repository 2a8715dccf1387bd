package io.mlengine.cli.command;

import io.mlengine.cli.host.Host;
import io.mlengine.cli.host.PluginFolder;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.core.plugin.PluginReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Removes a plugin that was added. */
@Command(
        name = "remove",
        description = "Remove a plugin that was added. Jobs that run are not touched.",
        footer = {"", "Examples:", "  mlengine plugins remove hello"})
public final class PluginsRemoveCommand extends EngineCommand {
    @Parameters(paramLabel = "ID", description = "The plugin's id, as mlengine plugins lists it.")
    String id = "";

    /** The command on a host. */
    public PluginsRemoveCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        refuseIds();
        PluginFolder folder = host.installation().pluginFolder();
        PluginReport plugin = folder.remove(id);
        if (form().isMachine()) {
            print(PluginText.json(plugin, folder));
        } else {
            print("removed " + plugin.origin().id() + " " + plugin.origin().version());
        }
        return ExitCode.OK;
    }
}

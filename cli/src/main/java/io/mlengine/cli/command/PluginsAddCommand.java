package io.mlengine.cli.command;

import io.mlengine.cli.host.Host;
import io.mlengine.cli.host.PluginFolder;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.core.plugin.PluginReport;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Adds a plugin for all commands of this user. */
@Command(
        name = "add",
        description = "Copy a plugin's jar, after it was seen to load, to where all commands find it:"
                + " $$XDG_DATA_HOME/mlengine/plugins, else ~/.local/share/mlengine/plugins.",
        footer = {
            "",
            "A plugin is code that runs as you. Add what you trust.",
            "",
            "Examples:",
            "  mlengine plugins add target/hello-plugin-1.0.0.jar",
            "  mlengine plugins add target/hello-plugin-1.1.0.jar --force"
        })
public final class PluginsAddCommand extends EngineCommand {
    @Parameters(paramLabel = "JAR", description = "The plugin's jar.")
    Path jar = Path.of("");

    @Option(names = "--force", description = "Replace another version of the same plugin.")
    boolean force;

    /** The command on a host. */
    public PluginsAddCommand(Host host) {
        super(host);
    }

    @Override
    ExitCode run() {
        refuseIds();
        PluginFolder folder = host.installation().pluginFolder();
        PluginReport plugin = folder.add(jar, force);
        if (form().isMachine()) {
            print(PluginText.json(plugin, folder));
        } else {
            print("added " + plugin.origin().id() + " " + plugin.origin().version() + ", which brings "
                    + PluginText.frameworks(plugin));
        }
        return ExitCode.OK;
    }
}

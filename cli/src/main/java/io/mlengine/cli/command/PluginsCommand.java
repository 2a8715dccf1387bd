package io.mlengine.cli.command;

import io.mlengine.cli.host.Host;
import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.JsonDocuments;
import io.mlengine.cli.terminal.Style;
import io.mlengine.core.plugin.PluginReport;
import io.mlengine.spi.model.FrameworkName;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists plugins with their state. */
@Command(
        name = "plugins",
        description = "List the plugins that were found: loaded ones with their frameworks, refused ones with cause and"
                + " remedy.",
        footer = {
            "",
            "Ends with 6 when a plugin was refused.",
            "",
            "Examples:",
            "  mlengine plugins",
            "  mlengine plugins --plugins build/libs"
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
        boolean refused = reports.stream().anyMatch(report -> report.state() == PluginReport.State.REFUSED);
        if (form().isMachine()) {
            printItems("PluginList", reports.stream().map(PluginsCommand::json).toList());
        } else {
            reports.forEach(this::text);
            if (reports.isEmpty()) {
                remark("no plugins found");
            }
        }
        return refused ? ExitCode.ENGINE : ExitCode.OK;
    }

    private void text(PluginReport report) {
        Style style = style();
        String from = report.origin().id() + " " + report.origin().version() + "  "
                + style.dim(report.origin().source());
        switch (report.state()) {
            case LOADED ->
                print(style.check() + " " + from + "\n    frameworks  "
                        + report.frameworks().stream().map(FrameworkName::value).collect(Collectors.joining(", ")));
            case REFUSED ->
                print(style.cross() + " " + from + "\n    cause       " + report.cause() + "\n    remedy      "
                        + report.remedy());
        }
    }

    private static Map<String, Object> json(PluginReport report) {
        Map<String, Object> document = JsonDocuments.document("Plugin");
        document.put("id", report.origin().id());
        document.put("version", report.origin().version());
        document.put("source", report.origin().source());
        document.put("state", report.state().name().toLowerCase(Locale.ROOT));
        document.put(
                "frameworks",
                report.frameworks().stream().map(FrameworkName::value).toList());
        document.put("cause", report.cause());
        document.put("remedy", report.remedy());
        return document;
    }
}

package io.mlengine.cli.command;

import io.mlengine.cli.host.PluginFolder;
import io.mlengine.cli.output.JsonDocuments;
import io.mlengine.cli.terminal.Style;
import io.mlengine.core.plugin.PluginReport;
import io.mlengine.spi.model.FrameworkName;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How plugins are written. */
final class PluginText {
    private PluginText() {}

    static String lines(PluginReport plugin, PluginFolder added, Style style) {
        String place = (added.holds(plugin) ? "added: " : "") + plugin.origin().source();
        String from = plugin.origin().id() + " " + plugin.origin().version() + "  " + style.dim(place);
        return switch (plugin.state()) {
            case LOADED -> style.check() + " " + from + "\n    frameworks  " + frameworks(plugin);
            case REFUSED ->
                style.cross() + " " + from + "\n    cause       " + plugin.cause() + "\n    remedy      "
                        + plugin.remedy();
        };
    }

    static String frameworks(PluginReport plugin) {
        return plugin.frameworks().stream().map(FrameworkName::value).collect(Collectors.joining(", "));
    }

    static Map<String, Object> json(PluginReport plugin, PluginFolder added) {
        Map<String, Object> document = JsonDocuments.document("Plugin");
        document.put("id", plugin.origin().id());
        document.put("version", plugin.origin().version());
        document.put("source", plugin.origin().source());
        document.put("added", added.holds(plugin));
        document.put("state", plugin.state().name().toLowerCase(Locale.ROOT));
        document.put(
                "frameworks",
                plugin.frameworks().stream().map(FrameworkName::value).toList());
        document.put("cause", plugin.cause());
        document.put("remedy", plugin.remedy());
        return document;
    }
}

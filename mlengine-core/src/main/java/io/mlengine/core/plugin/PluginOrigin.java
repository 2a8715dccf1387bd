package io.mlengine.core.plugin;

/**
 * Which plugin something came from.
 *
 * @param id the plugin's id, unique in an engine
 * @param version its version, or {@code unknown} where no manifest tells
 * @param source the jar, or where else it was found
 */
public record PluginOrigin(String id, String version, String source) {
    static final String UNKNOWN_VERSION = "unknown";

    @Override
    public String toString() {
        return id + " " + version + " (" + source + ")";
    }
}

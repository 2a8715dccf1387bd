package io.mlengine.core.plugin;

import io.mlengine.spi.model.FrameworkName;
import java.util.List;

/**
 * What became of one plugin that was found, or of a place that was to be searched.
 *
 * @param origin the plugin; its id is the file's name when the file does not tell another
 * @param state whether its frameworks can be used
 * @param frameworks the frameworks that it brought, empty when it was refused
 * @param cause why it was refused, one sentence, else empty
 * @param remedy what to do about it, else empty
 */
public record PluginReport(
        PluginOrigin origin, State state, List<FrameworkName> frameworks, String cause, String remedy) {
    /** Copies the list. */
    public PluginReport {
        frameworks = List.copyOf(frameworks);
    }

    /** Whether a plugin can be used. */
    public enum State {
        /** All its frameworks can be used. */
        LOADED,
        /** None of its frameworks can be used. */
        REFUSED
    }

    static PluginReport loaded(PluginOrigin origin, List<FrameworkName> frameworks) {
        return new PluginReport(origin, State.LOADED, frameworks, "", "");
    }

    static PluginReport refused(PluginOrigin origin, Refusal refusal) {
        return new PluginReport(origin, State.REFUSED, List.of(), refusal.cause(), refusal.remedy());
    }

    @Override
    public String toString() {
        return switch (state) {
            case LOADED -> "LOADED " + origin + ": " + frameworks;
            case REFUSED -> "REFUSED " + origin + ": " + cause + "; " + remedy;
        };
    }
}

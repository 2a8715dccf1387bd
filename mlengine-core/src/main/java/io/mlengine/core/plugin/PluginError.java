package io.mlengine.core.plugin;

import io.mlengine.spi.error.ErrorCategory;
import io.mlengine.spi.error.ErrorCode;

/** What can go wrong between the engine and a plugin. None of it passes by itself, so none is retryable. */
public enum PluginError implements ErrorCode {
    /** No plugin brings the framework. */
    FRAMEWORK_UNKNOWN(ErrorCategory.USER),
    /** The plugin threw an exception. */
    PLUGIN_FAILED(ErrorCategory.PLUGIN),
    /** The plugin's answer is not one that can be used. */
    PLUGIN_ANSWER_INVALID(ErrorCategory.PLUGIN),
    /** The plugin did not answer in time; it is called no more. */
    PLUGIN_TIMED_OUT(ErrorCategory.PLUGIN),
    /** The plugin did not answer an earlier call in time, so it was not called. */
    PLUGIN_QUARANTINED(ErrorCategory.PLUGIN),
    /** The catalogue was closed. */
    PLUGINS_CLOSED(ErrorCategory.INTERNAL);

    private final ErrorCategory category;

    PluginError(ErrorCategory category) {
        this.category = category;
    }

    @Override
    public ErrorCategory category() {
        return category;
    }

    @Override
    public boolean retryable() {
        return false;
    }
}

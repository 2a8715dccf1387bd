package io.mlengine.core.api;

/** Takes events. */
@FunctionalInterface
public interface EngineListener {
    /**
     * Takes one event.
     *
     * @param event what happened
     */
    void onEvent(EngineEvent event);
}

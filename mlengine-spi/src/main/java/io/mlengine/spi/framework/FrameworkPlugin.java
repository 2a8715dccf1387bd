package io.mlengine.spi.framework;

import java.util.List;
import org.pf4j.ExtensionPoint;

/**
 * The only extension point: a plugin jar holds one or more of these and lists its launchers.
 *
 * <p>Threading: called once, when the plugin is loaded, with the plugin's class loader as context class loader.
 */
public interface FrameworkPlugin extends ExtensionPoint {
    /**
     * Returns the launchers of this plugin; one framework name must not appear twice in an engine.
     *
     * @return the launchers, at least one
     */
    List<FrameworkLauncher> launchers();
}

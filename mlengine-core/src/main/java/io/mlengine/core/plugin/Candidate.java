package io.mlengine.core.plugin;

import io.mlengine.spi.framework.FrameworkPlugin;
import java.util.List;
import java.util.function.Supplier;

/**
 * A plugin that was found and may be loaded.
 *
 * @param origin the plugin
 * @param loader the loader of its classes
 * @param instances makes its extensions; runs the plugin's code
 */
record Candidate(PluginOrigin origin, ClassLoader loader, Supplier<List<FrameworkPlugin>> instances) {
    /** Makes those of the named classes that are framework plugins. */
    static List<FrameworkPlugin> instancesOf(List<String> classNames, ClassLoader loader) {
        try {
            java.util.ArrayList<FrameworkPlugin> instances = new java.util.ArrayList<>();
            for (String name : classNames) {
                Class<?> extension = Class.forName(name, false, loader);
                if (FrameworkPlugin.class.isAssignableFrom(extension)) {
                    instances.add(
                            (FrameworkPlugin) extension.getDeclaredConstructor().newInstance());
                }
            }
            return instances;
        } catch (ReflectiveOperationException e) {
            throw new PluginFailure(e);
        }
    }
}

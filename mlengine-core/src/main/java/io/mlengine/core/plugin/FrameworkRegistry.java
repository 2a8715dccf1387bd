package io.mlengine.core.plugin;

import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.model.FrameworkName;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** The frameworks that jobs can choose, with the plugin that brings each. Immutable. */
public final class FrameworkRegistry {
    private final SortedMap<FrameworkName, Entry> entries;

    FrameworkRegistry(SortedMap<FrameworkName, Entry> entries) {
        this.entries = entries;
    }

    /**
     * A framework that jobs can choose.
     *
     * @param name its name
     * @param options the options that it understands
     * @param origin the plugin that brings it
     */
    public record Framework(FrameworkName name, OptionSchema options, PluginOrigin origin) {}

    /** What is needed to call a launcher. */
    record Entry(Framework framework, FrameworkLauncher launcher, Bulkhead bulkhead) {}

    /** All frameworks, by name. */
    public List<Framework> frameworks() {
        return entries.values().stream().map(Entry::framework).toList();
    }

    /** The framework of that name, or empty. */
    public Optional<Framework> find(FrameworkName name) {
        return entry(name).map(Entry::framework);
    }

    Optional<Entry> entry(FrameworkName name) {
        return Optional.ofNullable(entries.get(name));
    }
}

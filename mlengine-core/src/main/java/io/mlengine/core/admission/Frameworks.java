package io.mlengine.core.admission;

import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.model.FrameworkName;
import java.util.List;
import java.util.Optional;

/** The frameworks that are loaded; the plugin catalogue is one. */
public interface Frameworks {
    /** No framework at all. */
    Frameworks NONE = of(List.of());

    /**
     * Finds a launcher.
     *
     * @param name the framework
     * @return its launcher, or empty when it is not loaded
     */
    Optional<FrameworkLauncher> launcher(FrameworkName name);

    /**
     * The names of all frameworks that are loaded.
     *
     * @return the names, sorted
     */
    List<FrameworkName> names();

    /**
     * What was refused while plugins were loaded, since an unknown framework may be one of theirs.
     *
     * @return a few words for each, with the cause
     */
    default List<String> refused() {
        return List.of();
    }

    /**
     * Makes frameworks of launchers.
     *
     * @param launchers the launchers, names distinct
     * @return the frameworks
     */
    static Frameworks of(List<FrameworkLauncher> launchers) {
        List<FrameworkLauncher> copy = List.copyOf(launchers);
        return new Frameworks() {
            @Override
            public Optional<FrameworkLauncher> launcher(FrameworkName name) {
                return copy.stream()
                        .filter(launcher -> launcher.name().equals(name))
                        .findFirst();
            }

            @Override
            public List<FrameworkName> names() {
                return copy.stream().map(FrameworkLauncher::name).sorted().toList();
            }
        };
    }
}

package io.mlengine.core.plugin;

import io.mlengine.spi.framework.FrameworkPlugin;
import java.nio.file.Path;
import org.pf4j.ClassLoadingStrategy;
import org.pf4j.ExtensionPoint;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginManager;

/**
 * Loads a plugin's jar. Its own classes come first, except those of the SPI, which must be the engine's even when the
 * jar bundles them by mistake; of the host it sees the JDK, {@code io.mlengine.spi} and {@code org.pf4j}.
 */
final class SpiOnlyClassLoader extends PluginClassLoader {
    private static final String SPI = "io.mlengine.spi.";
    private static final String PF4J = "org.pf4j.";

    SpiOnlyClassLoader(PluginManager plugins, PluginDescriptor descriptor, Path jar) {
        super(plugins, descriptor, new Border(), ClassLoadingStrategy.PDA);
        addFile(jar.toFile());
    }

    @Override
    public Class<?> loadClass(String name) throws ClassNotFoundException {
        return name.startsWith(SPI) || name.startsWith(PF4J) ? getParent().loadClass(name) : super.loadClass(name);
    }

    /** What a plugin sees of the host. */
    private static final class Border extends ClassLoader {
        Border() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith(SPI)) {
                return FrameworkPlugin.class.getClassLoader().loadClass(name);
            }
            if (name.startsWith(PF4J)) {
                return ExtensionPoint.class.getClassLoader().loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }
}

package io.mlengine.core.plugin;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.pf4j.JarPluginLoader;
import org.pf4j.JarPluginManager;
import org.pf4j.ManifestPluginDescriptorFinder;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginLoader;
import org.pf4j.PluginState;
import org.pf4j.PluginWrapper;
import org.pf4j.RuntimeMode;

/**
 * Plugins in a folder of jars. PF4J reads manifest and index, compares versions and keeps the class loaders; extensions
 * are made here, because PF4J only logs those that it cannot make.
 */
final class JarPlugins implements AutoCloseable {
    private final Jars jars;
    private final Path folder;
    private final List<Candidate> candidates = new ArrayList<>();
    private final List<PluginReport> refused = new ArrayList<>();

    private JarPlugins(Path folder) {
        this.folder = folder;
        this.jars = new Jars(folder);
    }

    static JarPlugins in(Path folder) {
        JarPlugins plugins = new JarPlugins(folder.toAbsolutePath().normalize());
        plugins.search();
        return plugins;
    }

    /** What may be loaded, by file name. */
    List<Candidate> candidates() {
        return candidates;
    }

    /** What may not, by file name. */
    List<PluginReport> refused() {
        return refused;
    }

    private void search() {
        if (!Files.isDirectory(folder)) {
            refuse(folder, new Refusal("the plugin folder does not exist", "create it, or name another"));
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .forEach(this::examine);
        } catch (IOException | DirectoryIteratorException e) {
            refuse(folder, new Refusal("the folder cannot be read: " + Refusal.described(e), "mend its permissions"));
        }
    }

    private void examine(Path file) {
        String name = file.getFileName().toString();
        if (name.endsWith(".jar")) {
            examineJar(file);
        } else if (name.endsWith(".zip")) {
            refuse(
                    file,
                    new Refusal("plugins in zip files are not supported", "pack it as one jar with its libraries"));
        }
    }

    private void examineJar(Path jar) {
        try {
            Attributes manifest = manifestOf(jar);
            checkManifest(manifest);
            candidates.add(candidate(jar));
        } catch (PluginFailure e) {
            refuse(jar, e.refusal());
        } catch (IOException e) {
            refuse(jar, new Refusal("it is not a readable jar: " + Refusal.described(e), "copy or build it anew"));
        } catch (RuntimeException e) {
            // PF4J throws what its parsers throw, for example for a Plugin-Requires that is no version range.
            refuse(jar, new Refusal("PF4J cannot load it: " + Refusal.described(e), "mend its manifest"));
        }
    }

    private static Attributes manifestOf(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            return manifest == null ? new Attributes() : manifest.getMainAttributes();
        }
    }

    private static void checkManifest(Attributes manifest) {
        for (String required :
                List.of(ManifestPluginDescriptorFinder.PLUGIN_ID, ManifestPluginDescriptorFinder.PLUGIN_VERSION)) {
            String value = manifest.getValue(required);
            if (value == null || value.isBlank()) {
                throw new PluginFailure(new Refusal(
                        "its manifest has no " + required,
                        "add Plugin-Id and Plugin-Version, and Plugin-Requires with the SPI's version"));
            }
        }
        for (String unsupported : List.of(
                ManifestPluginDescriptorFinder.PLUGIN_CLASS, ManifestPluginDescriptorFinder.PLUGIN_DEPENDENCIES)) {
            String value = manifest.getValue(unsupported);
            if (value != null && !value.isBlank()) {
                throw new PluginFailure(new Refusal(
                        "its manifest has " + unsupported + ", which the engine does not honour",
                        "remove it; an extension of FrameworkPlugin is all that is called, and a plugin bundles what it"
                                + " needs"));
            }
        }
    }

    private Candidate candidate(Path jar) {
        String id = jars.loadPlugin(jar);
        PluginWrapper plugin = jars.getPlugin(id);
        PluginDescriptor descriptor = plugin.getDescriptor();
        if (plugin.getPluginState() == PluginState.DISABLED) {
            throw new PluginFailure(
                    jars.isSwitchedOff(id)
                            ? new Refusal("it is switched off in disabled.txt or enabled.txt", "mend that file")
                            : new Refusal(
                                    "it requires SPI " + descriptor.getRequires() + ", and this is "
                                            + PluginCatalog.SPI_VERSION,
                                    "update the engine, or take another release of the plugin"));
        }
        List<String> classNames =
                jars.getExtensionClassNames(id).stream().sorted().toList();
        if (classNames.isEmpty()) {
            throw new PluginFailure(new Refusal(
                    "it lists no extension in META-INF/extensions.idx",
                    "annotate the FrameworkPlugin with @Extension and put pf4j on the annotation processor path"));
        }
        PluginOrigin origin = new PluginOrigin(id, descriptor.getVersion(), jar.toString());
        ClassLoader loader = plugin.getPluginClassLoader();
        return new Candidate(origin, loader, () -> Candidate.instancesOf(classNames, loader));
    }

    private void refuse(Path file, Refusal refusal) {
        PluginOrigin origin =
                new PluginOrigin(file.getFileName().toString(), PluginOrigin.UNKNOWN_VERSION, file.toString());
        refused.add(PluginReport.refused(origin, refusal));
    }

    @Override
    public void close() {
        List.copyOf(jars.getPlugins()).forEach(plugin -> jars.unloadPlugin(plugin.getPluginId()));
    }

    /** PF4J with our class loader; its constructor calls the overridden methods, so they must not use fields. */
    private static final class Jars extends JarPluginManager {
        Jars(Path folder) {
            super(folder);
            setSystemVersion(PluginCatalog.SPI_VERSION);
        }

        @Override
        protected PluginLoader createPluginLoader() {
            return new JarPluginLoader(this) {
                @Override
                public ClassLoader loadPlugin(Path jar, PluginDescriptor descriptor) {
                    return new SpiOnlyClassLoader(pluginManager, descriptor, jar);
                }
            };
        }

        /** Not from PF4J's system property: several engines share one JVM. */
        @Override
        public RuntimeMode getRuntimeMode() {
            return RuntimeMode.DEPLOYMENT;
        }

        boolean isSwitchedOff(String id) {
            return isPluginDisabled(id);
        }
    }
}

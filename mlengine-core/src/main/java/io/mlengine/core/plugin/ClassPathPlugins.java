package io.mlengine.core.plugin;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import org.pf4j.ManifestPluginDescriptorFinder;
import org.pf4j.processor.LegacyExtensionStorage;

/** Plugins on a class path, found through the index that PF4J's annotation processor writes. */
final class ClassPathPlugins {
    private static final String INDEX = LegacyExtensionStorage.EXTENSIONS_RESOURCE;

    private ClassPathPlugins() {}

    /** One candidate for each index, in the order of their addresses. */
    static List<Candidate> in(ClassLoader loader) throws IOException {
        List<URL> indexes = Collections.list(loader.getResources(INDEX)).stream()
                .sorted(Comparator.comparing(URL::toString))
                .toList();
        List<Candidate> candidates = new ArrayList<>();
        for (URL index : indexes) {
            candidateIn(index, loader).ifPresent(candidates::add);
        }
        return candidates;
    }

    private static Optional<Candidate> candidateIn(URL index, ClassLoader loader) throws IOException {
        URLConnection connection = index.openConnection();
        // A cached jar would stay open, and stay the old one after the file is replaced.
        connection.setUseCaches(false);
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            // A folder of classes has no manifest, and a plugin on the class path needs none.
            Manifest manifest = connection instanceof JarURLConnection jar ? jar.getManifest() : null;
            List<String> classNames = reader.lines()
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .toList();
            return classNames.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Candidate(
                            originOf(
                                    index,
                                    manifest == null ? new Attributes() : manifest.getMainAttributes(),
                                    classNames),
                            loader,
                            () -> Candidate.instancesOf(classNames, loader)));
        }
    }

    private static PluginOrigin originOf(URL index, Attributes manifest, List<String> classNames) {
        String address = index.toString();
        String place = address.startsWith("jar:")
                ? address.substring("jar:".length(), address.indexOf("!/"))
                : address.substring(0, address.length() - INDEX.length());
        String id = manifest.getValue(ManifestPluginDescriptorFinder.PLUGIN_ID);
        String version = manifest.getValue(ManifestPluginDescriptorFinder.PLUGIN_VERSION);
        return new PluginOrigin(
                id == null ? classNames.get(0) : id,
                version == null ? PluginOrigin.UNKNOWN_VERSION : version,
                "class path: " + place.replaceFirst("^file:", ""));
    }
}

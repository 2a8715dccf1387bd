package io.mlengine.build.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Makes real plugin jars: compiles sources and packs them with a manifest and an index of extensions. */
public final class PluginJars {
    private final Path folder;
    private final Map<String, String> manifest = new LinkedHashMap<>();
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final List<String> extensions = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private String fileName = "plugin.jar";

    private PluginJars(Path folder) {
        this.folder = folder;
    }

    /** A jar with this name whose manifest is complete. */
    public static PluginJars jar(Path folder, String id) {
        PluginJars jar = new PluginJars(folder);
        jar.fileName = id + ".jar";
        return jar.manifest("Plugin-Id", id).manifest("Plugin-Version", "1.0.0");
    }

    /** Sets an entry of the manifest. */
    public PluginJars manifest(String name, String value) {
        manifest.put(name, value);
        return this;
    }

    /** Leaves the manifest out. */
    public PluginJars withoutManifest() {
        manifest.clear();
        return this;
    }

    /** Adds a class. */
    public PluginJars source(String className, String source) {
        sources.put(className, source);
        return this;
    }

    /** Names a class in the index of extensions. */
    public PluginJars extension(String className) {
        extensions.add(className);
        return this;
    }

    /** Compiles against a class but does not pack it. */
    public PluginJars leaveOut(String className) {
        leftOut.add(className);
        return this;
    }

    /** A plugin class {@code ThePlugin} in that package with one launcher, whose constructor and plan have these bodies. */
    public PluginJars launcher(String simplePackage, String framework, String constructor, String planBody) {
        return launcher(
                simplePackage,
                framework,
                "public ThePlugin() { " + constructor + " }\npublic LaunchPlan plan(ClusterView view) { " + planBody
                        + " }");
    }

    /** A plugin class {@code ThePlugin} in that package with one launcher, which has these members. */
    public PluginJars launcher(String simplePackage, String framework, String members) {
        String className = simplePackage + ".ThePlugin";
        return extension(className).source(className, """
                        package %s;
                        import io.mlengine.spi.framework.*;
                        import io.mlengine.spi.model.*;
                        import java.util.*;
                        public class ThePlugin implements FrameworkPlugin, FrameworkLauncher {
                            public List<FrameworkLauncher> launchers() { return List.of(this); }
                            public FrameworkName name() { return FrameworkName.of("%s"); }
                            %s
                        }
                        """.formatted(simplePackage, framework, members));
    }

    /** Compiles and packs. */
    public Path build() throws IOException {
        // Hidden: what lies there is not yet a plugin of that folder.
        Path work = Files.createTempDirectory(folder, ".work");
        Path classes = Files.createDirectories(work.resolve("classes"));
        if (!sources.isEmpty()) {
            compile(work, classes);
        }
        Path jar = folder.resolve(fileName);
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = manifest.isEmpty()
                        ? new JarOutputStream(file)
                        : new JarOutputStream(file, manifestOf(manifest));
                Stream<Path> files = Files.walk(classes)) {
            for (Path each : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = classes.relativize(each).toString();
                if (!leftOut.contains(name.replace(".class", "").replace('/', '.'))) {
                    write(out, name, Files.readAllBytes(each));
                }
            }
            if (!extensions.isEmpty()) {
                write(
                        out,
                        "META-INF/extensions.idx",
                        String.join("\n", extensions).getBytes(StandardCharsets.UTF_8));
            }
            write(out, "marker.txt", fileName.getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }

    private void compile(Path work, Path classes) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "--release",
                "17",
                "-proc:none",
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path")));
        for (Map.Entry<String, String> source : sources.entrySet()) {
            Path file = work.resolve("src").resolve(source.getKey().replace('.', '/') + ".java");
            Files.createDirectories(file.getParent());
            Files.writeString(file, source.getValue());
            arguments.add(file.toString());
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler.run(null, null, null, arguments.toArray(String[]::new)) != 0) {
            throw new AssertionError("the test's own source does not compile: " + sources.keySet());
        }
    }

    private static Manifest manifestOf(Map<String, String> entries) {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        entries.forEach((name, value) -> manifest.getMainAttributes().putValue(name, value));
        return manifest;
    }

    private static void write(JarOutputStream out, String name, byte[] content) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(content);
        out.closeEntry();
    }
}

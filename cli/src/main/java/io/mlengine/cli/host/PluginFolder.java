package io.mlengine.cli.host;

import io.mlengine.cli.output.ExitCode;
import io.mlengine.cli.output.Problem;
import io.mlengine.core.plugin.PluginCatalog;
import io.mlengine.core.plugin.PluginReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** The plugins that a user has added: one folder of jars, each named by its plugin's id. */
public final class PluginFolder {
    /** What can be the name of a file everywhere. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private final Path folder;
    private final Supplier<List<PluginReport>> present;

    /**
     * A folder.
     *
     * @param folder where the jars are
     * @param present looks for all plugins of the installation, those of the folder among them
     */
    PluginFolder(Path folder, Supplier<List<PluginReport>> present) {
        this.folder = folder.toAbsolutePath().normalize();
        this.present = present;
    }

    /** The user's own, as the XDG base directory specification says. */
    static Path of(Map<String, String> environment, Path home) {
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        // The specification asks to ignore relative ones.
        return (data.startsWith("/") ? Path.of(data) : home.resolve(".local/share")).resolve("mlengine/plugins");
    }

    /** Whether a plugin was added, rather than found on the class path or in another folder. */
    public boolean holds(PluginReport plugin) {
        return Path.of(plugin.origin().source()).startsWith(folder);
    }

    /**
     * Adds a plugin, after it was seen to load.
     *
     * @param jar its jar, which is copied
     * @param replaces whether it may take the place of another version
     * @return what was added
     */
    public PluginReport add(Path jar, boolean replaces) {
        if (!Files.isRegularFile(jar)) {
            throw Problem.of(
                            ExitCode.USAGE,
                            Files.exists(jar) ? jar + " is no file" : "there is no file " + jar,
                            "name the plugin's jar")
                    .raise();
        }
        try {
            Files.createDirectories(folder);
            // Hidden, so that nobody takes what lies there for a plugin; on the same disk, so that a move is one step.
            Path draft = Files.createTempDirectory(folder, ".adding");
            Path copy = draft.resolve(String.valueOf(jar.getFileName()));
            try {
                // The copy is judged, since the original may change in between.
                Files.copy(jar, copy);
                PluginReport plugin = judged(draft, jar);
                Optional<PluginReport> old = replaced(plugin, replaces);
                Path place = folder.resolve(plugin.origin().id() + ".jar");
                Files.move(copy, place, StandardCopyOption.ATOMIC_MOVE);
                if (old.isPresent()) {
                    deleteUnless(place, Path.of(old.get().origin().source()));
                }
                return plugin;
            } finally {
                Files.deleteIfExists(copy);
                Files.delete(draft);
            }
        } catch (IOException e) {
            throw Problem.of(ExitCode.ENGINE, "the plugin cannot be copied: " + e, "make room in " + folder)
                    .raise(e);
        }
    }

    private static PluginReport judged(Path draft, Path jar) {
        List<PluginReport> reports;
        try (PluginCatalog catalog = PluginCatalog.builder().folder(draft).load()) {
            reports = catalog.reports();
        }
        if (reports.isEmpty()) {
            throw Problem.of(ExitCode.USAGE, jar + " is no jar", "name the plugin's jar")
                    .raise();
        }
        PluginReport plugin = reports.get(0);
        String id = plugin.origin().id();
        if (plugin.state() == PluginReport.State.REFUSED) {
            throw Problem.of(ExitCode.USAGE, jar + " cannot be added: " + plugin.cause(), plugin.remedy())
                    .raise();
        }
        if (!ID.matcher(id).matches()) {
            throw Problem.of(
                            ExitCode.USAGE,
                            jar + " cannot be added: its Plugin-Id is not the name of a file: " + id,
                            "use letters, digits, dots and hyphens in its manifest")
                    .raise();
        }
        return plugin;
    }

    /** The version that it takes the place of; a plugin that would be refused beside the others is a problem. */
    private Optional<PluginReport> replaced(PluginReport plugin, boolean replaces) {
        Optional<PluginReport> old = Optional.empty();
        for (PluginReport other : present.get()) {
            boolean isSame = other.origin().id().equals(plugin.origin().id());
            if (isSame && holds(other)) {
                old = Optional.of(other);
            } else if (isSame) {
                throw Problem.of(
                                ExitCode.USAGE,
                                "another plugin has the id " + other.origin(),
                                "change the Plugin-Id in the manifest")
                        .raise();
            } else {
                requireNoneInCommon(plugin, other);
            }
        }
        if (old.isPresent() && !replaces) {
            throw Problem.of(
                            ExitCode.USAGE,
                            old.get().origin().id() + " " + old.get().origin().version() + " was added before",
                            "--force puts " + plugin.origin().version() + " in its place")
                    .raise();
        }
        return old;
    }

    private static void requireNoneInCommon(PluginReport plugin, PluginReport other) {
        plugin.frameworks().stream()
                .filter(other.frameworks()::contains)
                .findFirst()
                .ifPresent(framework -> {
                    throw Problem.of(
                                    ExitCode.USAGE,
                                    "the framework " + framework + " is already provided by " + other.origin(),
                                    "remove one of them, or rename the framework")
                            .raise();
                });
    }

    private static void deleteUnless(Path place, Path old) throws IOException {
        if (!old.equals(place)) {
            Files.deleteIfExists(old);
        }
    }

    /**
     * Removes a plugin that was added.
     *
     * @param id its id as it is listed
     * @return what was removed
     */
    public PluginReport remove(String id) {
        List<PluginReport> named = present.get().stream()
                .filter(plugin -> plugin.origin().id().equals(id))
                .toList();
        PluginReport added = named.stream()
                .filter(this::holds)
                .findFirst()
                .orElseThrow(() -> Problem.of(
                                ExitCode.NOT_FOUND,
                                named.isEmpty()
                                        ? "no plugin " + id
                                        : id + " was not added: it comes from the "
                                                + named.get(0).origin().source(),
                                "mlengine plugins lists them")
                        .raise());
        try {
            Files.delete(Path.of(added.origin().source()));
        } catch (IOException e) {
            throw Problem.of(ExitCode.ENGINE, "the plugin cannot be removed: " + e, "look at " + folder)
                    .raise(e);
        }
        return added;
    }
}

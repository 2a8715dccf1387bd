package io.mlengine.core.plugin;

import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.FrameworkPlugin;
import io.mlengine.spi.framework.OptionSchema;
import io.mlengine.spi.model.FrameworkName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;

/**
 * The plugins of one engine. Each place is searched once, in the order in which it was added; the first plugin that
 * brings a framework keeps it. A plugin that cannot be used is left out and has a {@link PluginReport} that says why.
 *
 * <pre>{@code
 * PluginCatalog catalog = PluginCatalog.builder().classPath(loader).folder(folder).load();
 * catalog.reports().forEach(System.out::println);
 * catalog.calls().plan(view);
 * }</pre>
 */
public final class PluginCatalog implements AutoCloseable {
    /** Version of the SPI, compared with {@code Plugin-Requires}. */
    public static final String SPI_VERSION = "0.1.0";

    private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);

    private final FrameworkRegistry registry;
    private final List<PluginReport> reports;
    private final List<AutoCloseable> resources;

    private PluginCatalog(FrameworkRegistry registry, List<PluginReport> reports, List<AutoCloseable> resources) {
        this.registry = registry;
        this.reports = List.copyOf(reports);
        this.resources = List.copyOf(resources);
    }

    /** Starts an empty catalogue. */
    public static Builder builder() {
        return new Builder();
    }

    /** The frameworks that can be used. */
    public FrameworkRegistry registry() {
        return registry;
    }

    /** What became of every plugin that was found, in the order of the search. */
    public List<PluginReport> reports() {
        return reports;
    }

    /** Plugins that are left out, a few words for each: which one, and why. */
    public List<String> refused() {
        return reports.stream()
                .filter(report -> report.state() == PluginReport.State.REFUSED)
                .map(report -> report.origin().id() + " (" + report.cause() + ")")
                .toList();
    }

    /** Calls the launchers. */
    public PluginCalls calls() {
        return new PluginCalls(registry);
    }

    /** Ends the plugins' threads and closes their jars; open calls fail. */
    @Override
    public void close() {
        for (AutoCloseable resource : resources) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException("bulkheads and jars close without checked exceptions", e);
            }
        }
    }

    /** Says where plugins are looked for. */
    public static final class Builder {
        private final TreeMap<FrameworkName, FrameworkRegistry.Entry> entries = new TreeMap<>();
        private final Set<String> ids = new HashSet<>();
        private final List<Runnable> searches = new ArrayList<>();
        private final List<PluginReport> reports = new ArrayList<>();
        private final List<AutoCloseable> bulkheads = new ArrayList<>();
        private final List<AutoCloseable> folders = new ArrayList<>();
        private Optional<Duration> deadline = Optional.of(DEFAULT_DEADLINE);

        private Builder() {}

        /** Adds a plugin that the embedder has made; its id is its class name. */
        public Builder plugin(FrameworkPlugin plugin) {
            Class<?> type = plugin.getClass();
            PluginOrigin origin = new PluginOrigin(type.getName(), PluginOrigin.UNKNOWN_VERSION, "handed over in code");
            Candidate candidate = new Candidate(origin, loaderOf(type), () -> List.of(plugin));
            searches.add(() -> admit(candidate));
            return this;
        }

        /** Adds the plugins that are indexed on the class path of {@code loader}; they are not kept apart. */
        public Builder classPath(ClassLoader loader) {
            searches.add(() -> searchClassPath(loader));
            return this;
        }

        /** Adds the jars in {@code folder}, each with a class loader of its own. */
        public Builder folder(Path folder) {
            searches.add(() -> searchFolder(folder));
            return this;
        }

        /** Sets how long a plugin may take for one answer; 10 s by default. */
        public Builder deadline(Duration deadline) {
            this.deadline = Optional.of(deadline);
            return this;
        }

        /** Calls plugins on the caller's thread, without a deadline: for tests, which must repeat exactly. */
        public Builder onCallingThread() {
            this.deadline = Optional.empty();
            return this;
        }

        /** Searches and loads; never fails because of a plugin. */
        public PluginCatalog load() {
            searches.forEach(Runnable::run);
            searches.clear();
            // Threads end before the jars that they run from are closed.
            List<AutoCloseable> resources = new ArrayList<>(bulkheads);
            resources.addAll(folders);
            return new PluginCatalog(new FrameworkRegistry(entries), reports, resources);
        }

        private void searchClassPath(ClassLoader loader) {
            try {
                ClassPathPlugins.in(loader).forEach(this::admit);
            } catch (IOException e) {
                PluginOrigin origin =
                        new PluginOrigin("class path", PluginOrigin.UNKNOWN_VERSION, String.valueOf(loader));
                reports.add(PluginReport.refused(
                        origin,
                        new Refusal("an index cannot be read: " + Refusal.described(e), "mend the class path")));
            }
        }

        private void searchFolder(Path folder) {
            JarPlugins jars = JarPlugins.in(folder);
            folders.add(jars);
            reports.addAll(jars.refused());
            jars.candidates().forEach(this::admit);
        }

        private void admit(Candidate candidate) {
            PluginOrigin origin = candidate.origin();
            Bulkhead bulkhead = deadline.map(limit -> Bulkhead.withDeadline(origin, candidate.loader(), limit))
                    .orElseGet(() -> Bulkhead.onCallingThread(origin, candidate.loader()));
            try {
                List<FrameworkRegistry.Entry> found = bulkhead.call("launchers", () -> describe(candidate, bulkhead))
                        .join();
                if (found.isEmpty()) {
                    // Other people's PF4J extensions share the class path's index; a jar in our folder must be ours.
                    bulkhead.close();
                    if (!(candidate.loader() instanceof SpiOnlyClassLoader)) {
                        return;
                    }
                    throw new PluginFailure(new Refusal(
                            "none of its extensions is a FrameworkPlugin",
                            "implement io.mlengine.spi.framework.FrameworkPlugin"));
                }
                checkUnique(origin, found);
                ids.add(origin.id());
                found.forEach(entry -> entries.put(entry.framework().name(), entry));
                bulkheads.add(bulkhead);
                reports.add(PluginReport.loaded(
                        origin,
                        found.stream()
                                .map(entry -> entry.framework().name())
                                .sorted()
                                .toList()));
            } catch (CompletionException e) {
                bulkhead.close();
                reports.add(PluginReport.refused(origin, refusalOf(e)));
            } catch (PluginFailure e) {
                bulkhead.close();
                reports.add(PluginReport.refused(origin, e.refusal()));
            }
        }

        private static List<FrameworkRegistry.Entry> describe(Candidate candidate, Bulkhead bulkhead) {
            List<FrameworkRegistry.Entry> entries = new ArrayList<>();
            for (FrameworkPlugin plugin : candidate.instances().get()) {
                List<FrameworkLauncher> launchers = plugin.launchers();
                if (launchers == null || launchers.isEmpty()) {
                    throw new PluginFailure(new Refusal(
                            plugin.getClass().getName() + " lists no launchers", "return them from launchers()"));
                }
                for (FrameworkLauncher launcher : launchers) {
                    entries.add(describe(launcher, candidate.origin(), bulkhead));
                }
            }
            return entries;
        }

        private static FrameworkRegistry.Entry describe(
                FrameworkLauncher launcher, PluginOrigin origin, Bulkhead bulkhead) {
            FrameworkName name = launcher == null ? null : launcher.name();
            OptionSchema options = launcher == null ? null : launcher.options();
            if (launcher == null || name == null || options == null) {
                throw new PluginFailure(
                        new Refusal("a launcher, its name or its options are null", "return values from all three"));
            }
            return new FrameworkRegistry.Entry(
                    new FrameworkRegistry.Framework(name, options, origin), launcher, bulkhead);
        }

        private void checkUnique(PluginOrigin origin, List<FrameworkRegistry.Entry> found) {
            if (ids.contains(origin.id())) {
                throw new PluginFailure(
                        new Refusal("another plugin has the id " + origin.id(), "remove one, or change its Plugin-Id"));
            }
            Set<FrameworkName> own = new HashSet<>();
            for (FrameworkRegistry.Entry entry : found) {
                FrameworkName name = entry.framework().name();
                FrameworkRegistry.Entry other = entries.get(name);
                if (other != null || !own.add(name)) {
                    throw new PluginFailure(new Refusal(
                            "the framework " + name + " is already provided by "
                                    + (other == null
                                            ? "this plugin itself"
                                            : other.framework().origin()),
                            "remove one of them, or rename the framework"));
                }
            }
        }

        private Refusal refusalOf(CompletionException failure) {
            Throwable cause = failure.getCause();
            if (cause instanceof MLEngineException error) {
                if (error.code() == PluginError.PLUGIN_TIMED_OUT) {
                    return Refusal.tooSlow(String.valueOf(error.details().get("deadline")));
                }
                Throwable inner = error.getCause();
                if (inner instanceof PluginFailure refused) {
                    return refused.refusal();
                }
                return Refusal.of(inner == null ? error : inner);
            }
            return Refusal.of(failure);
        }

        private static ClassLoader loaderOf(Class<?> type) {
            ClassLoader loader = type.getClassLoader();
            return loader == null ? ClassLoader.getPlatformClassLoader() : loader;
        }
    }
}

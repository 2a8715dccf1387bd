package io.mlengine.core.guice;

import com.google.inject.AbstractModule;
import com.google.inject.Key;
import com.google.inject.Provides;
import com.google.inject.Scopes;
import com.google.inject.Singleton;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.Multibinder;
import com.google.inject.multibindings.OptionalBinder;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.internal.inject.EngineProvider;
import io.mlengine.core.metering.UsageSink;
import io.mlengine.core.plugin.PluginCatalog;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.scheduling.PriorityPolicy;
import io.mlengine.core.scheduling.SchedulingPolicy;
import io.mlengine.core.store.InMemoryJobStore;
import io.mlengine.core.store.JobStore;
import io.mlengine.core.time.EngineClock;
import io.mlengine.core.time.SystemClock;
import io.mlengine.spi.backend.ComputeBackend;
import io.mlengine.spi.framework.FrameworkPlugin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Binds an {@link MLEngine} as a singleton. An embedder who uses Guice installs it and binds a {@link ComputeBackend};
 * store, policy, clock and usage sink may be replaced with {@code OptionalBinder.newOptionalBinder(binder(),
 * JobStore.class).setBinding()}, plugins are added to the {@code Multibinder} of {@link FrameworkPlugin}. The engine
 * closes backend and store when it is closed; the embedder closes the engine.
 */
public final class MLEngineModule extends AbstractModule {
    private @Nullable ComputeBackend backend;
    private @Nullable JobStore store;
    private @Nullable SchedulingPolicy policy;
    private @Nullable EngineClock clock;
    private @Nullable UsageSink usageSink;
    private final List<Path> folders = new ArrayList<>();
    private final List<FrameworkPlugin> plugins = new ArrayList<>();
    private List<QueueConfig> queues = List.of();

    /**
     * Binds the backend.
     *
     * @param newBackend the backend
     * @return this
     */
    public MLEngineModule backend(ComputeBackend newBackend) {
        backend = newBackend;
        return this;
    }

    /**
     * Binds the store.
     *
     * @param newStore the store
     * @return this
     */
    public MLEngineModule store(JobStore newStore) {
        store = newStore;
        return this;
    }

    /**
     * Binds the policy.
     *
     * @param newPolicy the policy
     * @return this
     */
    public MLEngineModule policy(SchedulingPolicy newPolicy) {
        policy = newPolicy;
        return this;
    }

    /**
     * Binds the clock.
     *
     * @param newClock the clock
     * @return this
     */
    public MLEngineModule clock(EngineClock newClock) {
        clock = newClock;
        return this;
    }

    /**
     * Binds the usage sink.
     *
     * @param newSink the sink
     * @return this
     */
    public MLEngineModule usageSink(UsageSink newSink) {
        usageSink = newSink;
        return this;
    }

    /**
     * Configures queues.
     *
     * @param newQueues the queues; empty for "any queue, no limit"
     * @return this
     */
    public MLEngineModule queues(List<QueueConfig> newQueues) {
        queues = List.copyOf(newQueues);
        return this;
    }

    /**
     * Adds a folder of plugin jars.
     *
     * @param folder the folder
     * @return this
     */
    public MLEngineModule plugins(Path folder) {
        folders.add(folder);
        return this;
    }

    /**
     * Adds a plugin.
     *
     * @param plugin the plugin
     * @return this
     */
    public MLEngineModule plugin(FrameworkPlugin plugin) {
        plugins.add(plugin);
        return this;
    }

    @Override
    protected void configure() {
        if (backend != null) {
            bind(ComputeBackend.class).toInstance(backend);
        } else {
            requireBinding(ComputeBackend.class);
        }
        bindOr(JobStore.class, store)
                .setDefault()
                .toProvider(InMemoryJobStore::create)
                .in(Scopes.SINGLETON);
        bindOr(SchedulingPolicy.class, policy)
                .setDefault()
                .toProvider(PriorityPolicy::new)
                .in(Scopes.SINGLETON);
        bindOr(EngineClock.class, clock)
                .setDefault()
                .toProvider(SystemClock::new)
                .in(Scopes.SINGLETON);
        bindOr(UsageSink.class, usageSink).setDefault().toInstance(UsageSink.NONE);
        Multibinder<FrameworkPlugin> pluginBinder = Multibinder.newSetBinder(binder(), FrameworkPlugin.class);
        plugins.forEach(plugin -> pluginBinder.addBinding().toInstance(plugin));
        bind(Key.get(new TypeLiteral<List<QueueConfig>>() {})).toInstance(queues);
    }

    private <T> OptionalBinder<T> bindOr(Class<T> type, @Nullable T chosen) {
        OptionalBinder<T> binder = OptionalBinder.newOptionalBinder(binder(), type);
        if (chosen != null) {
            binder.setBinding().toInstance(chosen);
        }
        return binder;
    }

    @Provides
    @Singleton
    PluginCatalog plugins(Set<FrameworkPlugin> bound) {
        PluginCatalog.Builder catalog = PluginCatalog.builder().classPath(classLoader());
        bound.forEach(catalog::plugin);
        folders.forEach(catalog::folder);
        return catalog.load();
    }

    private static ClassLoader classLoader() {
        ClassLoader ofCaller = Thread.currentThread().getContextClassLoader();
        return ofCaller != null ? ofCaller : MLEngineModule.class.getClassLoader();
    }

    @Provides
    @Singleton
    MLEngine engine(EngineProvider provider) {
        return provider.start();
    }
}

package io.mlengine.core.internal.inject;

import io.mlengine.core.api.EngineErrorCode;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.internal.engine.DefaultMLEngine;
import io.mlengine.core.internal.engine.EngineParts;
import io.mlengine.core.metering.UsageSink;
import io.mlengine.core.plugin.PluginCatalog;
import io.mlengine.core.plugin.PluginReport;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.scheduling.SchedulingPolicy;
import io.mlengine.core.store.JobStore;
import io.mlengine.core.time.EngineClock;
import io.mlengine.core.time.SystemClock;
import io.mlengine.core.time.SystemRandom;
import io.mlengine.spi.backend.ComputeBackend;
import io.mlengine.spi.error.MLEngineException;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives an engine its threads and starts it. */
public final class EngineProvider {
    private static final Logger LOG = LoggerFactory.getLogger(EngineProvider.class);
    private static final int MAILBOX_CAPACITY = 10_000;
    private static final int EFFECT_THREADS = 4;

    private final ComputeBackend backend;
    private final PluginCatalog plugins;
    private final JobStore store;
    private final SchedulingPolicy policy;
    private final List<QueueConfig> queues;
    private final EngineClock clock;
    private final UsageSink usageSink;

    @Inject
    EngineProvider(
            ComputeBackend backend,
            PluginCatalog plugins,
            JobStore store,
            SchedulingPolicy policy,
            List<QueueConfig> queues,
            EngineClock clock,
            UsageSink usageSink) {
        this.backend = backend;
        this.plugins = plugins;
        this.store = store;
        this.policy = policy;
        this.queues = queues;
        this.clock = clock;
        this.usageSink = usageSink;
    }

    /**
     * Starts the engine.
     *
     * @return the engine
     */
    public MLEngine start() {
        ExecutorService loop = Executors.newSingleThreadExecutor(threads("mlengine-loop"));
        ExecutorService effects = Executors.newFixedThreadPool(EFFECT_THREADS, threads("mlengine-effects"));
        ExecutorService events = Executors.newCachedThreadPool(threads("mlengine-events"));
        warnOfRefused();
        DefaultMLEngine engine = new DefaultMLEngine(
                new EngineParts(
                        backend,
                        new PluginLaunchers(plugins),
                        store,
                        policy,
                        queues,
                        clock,
                        SystemRandom.create(),
                        usageSink,
                        loop,
                        effects,
                        events,
                        MAILBOX_CAPACITY),
                () -> {
                    loop.shutdown();
                    effects.shutdown();
                    events.shutdown();
                    plugins.close();
                    closeClock();
                });
        try {
            engine.opened().join();
        } catch (CompletionException e) {
            engine.close();
            throw new MLEngineException(
                    EngineErrorCode.STORE,
                    "The store could not be opened.",
                    Map.of("cause", e.getCause()),
                    e.getCause());
        }
        return engine;
    }

    private void warnOfRefused() {
        plugins.reports().stream()
                .filter(report -> report.state() == PluginReport.State.REFUSED)
                .forEach(report -> LOG.warn("a plugin was refused: {}", report));
    }

    private void closeClock() {
        if (clock instanceof SystemClock system) {
            system.close();
        }
    }

    /** Daemon threads: an embedder that forgets to close must still be able to end. */
    private static ThreadFactory threads(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}

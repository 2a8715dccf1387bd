package io.mlengine.core;

import io.mlengine.core.api.MLEngine;
import io.mlengine.core.guice.MLEngineModule;
import io.mlengine.core.internal.inject.EngineFactory;
import io.mlengine.core.metering.UsageSink;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.scheduling.SchedulingPolicy;
import io.mlengine.core.store.JobStore;
import io.mlengine.core.time.EngineClock;
import io.mlengine.spi.backend.ComputeBackend;
import io.mlengine.spi.framework.FrameworkPlugin;
import java.nio.file.Path;
import java.util.List;

/** Makes engines: the entry point of embedders. */
public final class MLEngines {
    private MLEngines() {}

    /**
     * Starts an engine's description.
     *
     * @return a builder that needs at least a backend
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Describes an engine. What is not said has a default; only the backend must be named. */
    public static final class Builder {
        private final MLEngineModule module = new MLEngineModule();

        private Builder() {}

        /**
         * Where replicas run.
         *
         * @param backend the backend; the engine closes it
         * @return this
         */
        public Builder backend(ComputeBackend backend) {
            module.backend(backend);
            return this;
        }

        /**
         * Adds a folder of plugin jars.
         *
         * @param folder the folder
         * @return this
         */
        public Builder plugins(Path folder) {
            module.plugins(folder);
            return this;
        }

        /**
         * Adds a plugin that the caller made; those on the class path are found without it.
         *
         * @param plugin the plugin
         * @return this
         */
        public Builder plugin(FrameworkPlugin plugin) {
            module.plugin(plugin);
            return this;
        }

        /**
         * Who decides what starts; priority with preemption by default.
         *
         * @param policy the policy
         * @return this
         */
        public Builder policy(SchedulingPolicy policy) {
            module.policy(policy);
            return this;
        }

        /**
         * Configures queues. Once one is configured, jobs of other queues are refused.
         *
         * @param queues the queues
         * @return this
         */
        public Builder queues(QueueConfig... queues) {
            module.queues(List.of(queues));
            return this;
        }

        /**
         * Where records are kept; in memory by default.
         *
         * @param store the store; the engine closes it
         * @return this
         */
        public Builder store(JobStore store) {
            module.store(store);
            return this;
        }

        /**
         * Takes usage records of ended attempts.
         *
         * @param sink the sink
         * @return this
         */
        public Builder usageSink(UsageSink sink) {
            module.usageSink(sink);
            return this;
        }

        /**
         * The engine's time; the system's by default.
         *
         * @param clock the clock
         * @return this
         */
        public Builder clock(EngineClock clock) {
            module.clock(clock);
            return this;
        }

        /**
         * Makes the engine and starts it. Returns when the store has been read.
         *
         * @return the engine; must be closed
         * @throws io.mlengine.spi.error.MLEngineException when something needed is missing; a plugin that cannot be loaded
         *     is left out and logged, and its frameworks are unknown to jobs
         */
        public MLEngine build() {
            return EngineFactory.start(module);
        }
    }
}

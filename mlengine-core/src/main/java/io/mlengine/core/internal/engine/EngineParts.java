package io.mlengine.core.internal.engine;

import io.mlengine.core.metering.UsageSink;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.scheduling.SchedulingPolicy;
import io.mlengine.core.store.JobStore;
import io.mlengine.core.time.EngineClock;
import io.mlengine.spi.backend.ComputeBackend;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Everything an engine is made of.
 *
 * @param backend where replicas run
 * @param launchers the way to launchers
 * @param store where records are kept
 * @param policy who decides
 * @param queues the configured queues, empty for "any queue, no limit"
 * @param clock the time
 * @param random makes job ids
 * @param usage takes usage records
 * @param loopExecutor runs the loop, one run at a time
 * @param effectsExecutor runs effects
 * @param eventsExecutor runs listeners and completions
 * @param mailboxCapacity how many calls may wait
 */
public record EngineParts(
        ComputeBackend backend,
        Launchers launchers,
        JobStore store,
        SchedulingPolicy policy,
        List<QueueConfig> queues,
        EngineClock clock,
        RandomGenerator random,
        UsageSink usage,
        Executor loopExecutor,
        Executor effectsExecutor,
        Executor eventsExecutor,
        int mailboxCapacity) {}

package io.mlengine.core.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobFilter;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.job.FailureCause;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.model.FailureClass;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Binds the meters of one engine: {@code new MLEngineMetrics(engine).bindTo(registry)}. Tags take few values: phase,
 * outcome, failure class, framework, and queue, of which at most {@value #MOST_QUEUES} are named and the others are
 * counted as {@code other}; never a job's id or name.
 */
public final class MLEngineMetrics implements MeterBinder, AutoCloseable {
    /** How many queues are told apart. */
    static final int MOST_QUEUES = 100;

    private static final Duration[] WAITS = {
        Duration.ofSeconds(1),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofMinutes(10),
        Duration.ofHours(1),
        Duration.ofHours(6),
        Duration.ofDays(1)
    };

    private final MLEngine engine;
    private final Set<String> queues = ConcurrentHashMap.newKeySet();
    private final List<MLEngine.Subscription> subscriptions = new ArrayList<>();

    /**
     * Prepares the meters.
     *
     * @param engine the engine to watch
     */
    public MLEngineMetrics(MLEngine engine) {
        this.engine = engine;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (Phase phase : Phase.values()) {
            Gauge.builder("mlengine.jobs", () -> count(phase))
                    .description("jobs by phase")
                    .tag("phase", word(phase))
                    .register(registry);
        }
        Gauge.builder("mlengine.jobs.oldest.wait", () -> oldestWait(registry))
                .description("how long the job that waits longest has waited by now")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("mlengine.mailbox.depth", () -> detail("mailbox"))
                .description("messages that wait for the engine's loop")
                .register(registry);
        Gauge.builder("mlengine.devices", () -> devices(true))
                .description("devices by state")
                .tag("state", "held")
                .register(registry);
        Gauge.builder("mlengine.devices", () -> devices(false))
                .description("devices by state")
                .tag("state", "free")
                .register(registry);
        subscriptions.add(engine.listen(JobFilter.ALL, event -> observe(event, registry)));
    }

    private int count(Phase phase) {
        return engine.list(JobFilter.builder().addPhase(phase).build()).size();
    }

    private double oldestWait(MeterRegistry registry) {
        Instant now = Instant.ofEpochMilli(registry.config().clock().wallTime());
        return engine.list(JobFilter.builder().addPhase(Phase.QUEUED).build()).stream()
                .map(view -> sinceQueued(view.record(), now))
                .max(Comparator.naturalOrder())
                .map(wait -> wait.toMillis() / 1_000.0)
                .orElse(0.0);
    }

    private double detail(String name) {
        return Double.parseDouble(engine.health().details().getOrDefault(name, "0"));
    }

    private long devices(boolean held) {
        return engine.nodes().stream()
                .mapToLong(node -> held
                        ? node.holders().size()
                        : node.node().devices().size() - node.holders().size())
                .sum();
    }

    private void observe(EngineEvent event, MeterRegistry registry) {
        JobRecord record = event.view().record();
        switch (event.type()) {
            case PHASE -> phase(record, event, registry);
            case SUBMITTED, DELETED, REPLICA, WAITING, PROGRESS, NOTE -> {}
        }
    }

    private void phase(JobRecord record, EngineEvent event, MeterRegistry registry) {
        Tags queue = Tags.of("queue", queue(record.train().queue()));
        switch (event.phase()) {
            case ADMITTED ->
                Timer.builder("mlengine.jobs.queue.time")
                        .description("from queued to granted")
                        .tags(queue)
                        .serviceLevelObjectives(WAITS)
                        .register(registry)
                        .record(sinceQueued(record, event.at()));
            case RESTARTING ->
                Counter.builder("mlengine.jobs.restarts")
                        .description("attempts that failed and are made again, by the class of the failure")
                        .tag("class", failureClass(record))
                        .register(registry)
                        .increment();
            case SUCCEEDED, FAILED, CANCELLED -> finished(record, queue, registry);
            default -> {}
        }
    }

    private static Duration sinceQueued(JobRecord record, Instant at) {
        return record.history().stream()
                .filter(change -> change.phase() == Phase.QUEUED && !change.at().isAfter(at))
                .reduce((first, second) -> second)
                .map(change -> Duration.between(change.at(), at))
                .orElse(Duration.ZERO);
    }

    private static void finished(JobRecord record, Tags queue, MeterRegistry registry) {
        Tags tags = queue.and("framework", record.train().framework())
                .and("outcome", word(record.phase()))
                .and("failure", failureClass(record));
        Counter.builder("mlengine.jobs.finished")
                .description("jobs that have ended")
                .tags(tags)
                .register(registry)
                .increment();
        record.startedAt()
                .ifPresent(start -> record.finishedAt()
                        .ifPresent(end -> Timer.builder("mlengine.jobs.run.time")
                                .description("from the first start to the end")
                                .tag("framework", record.train().framework())
                                .tag("outcome", word(record.phase()))
                                .register(registry)
                                .record(Duration.between(start, end))));
    }

    private static String failureClass(JobRecord record) {
        return record.outcome()
                .flatMap(outcome -> outcome.cause())
                .or(() -> record.attempt().flatMap(attempt -> attempt.cause()))
                .map(FailureCause::failureClass)
                .map(MLEngineMetrics::lower)
                .orElse("none");
    }

    private static String lower(FailureClass failureClass) {
        return failureClass.name().toLowerCase(Locale.ROOT);
    }

    private static String word(Phase phase) {
        return phase.name().toLowerCase(Locale.ROOT);
    }

    private String queue(String name) {
        if (queues.contains(name) || queues.size() < MOST_QUEUES && queues.add(name)) {
            return name;
        }
        return "other";
    }

    /** Ends the observation; the meters keep their last values. */
    @Override
    public void close() {
        subscriptions.forEach(MLEngine.Subscription::close);
        subscriptions.clear();
    }
}

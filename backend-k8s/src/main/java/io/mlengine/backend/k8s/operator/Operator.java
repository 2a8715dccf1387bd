package io.mlengine.backend.k8s.operator;

import io.mlengine.backend.k8s.cluster.Election;
import io.mlengine.backend.k8s.cluster.LeadershipListener;
import io.mlengine.core.api.Health;
import io.mlengine.core.time.EngineClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one engine while this process leads, and none otherwise. Everything happens on one worker, one thing after the
 * other, so there are never two engines: what was started is closed before anything else is started.
 *
 * <p>An engine that says that only a new one helps is closed and replaced: at once when it had run for a while, else with
 * a growing delay. One that cannot be started is tried again with the same delays. Both for as long as the term goes on.
 */
public final class Operator implements OperatorRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(Operator.class);
    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    private static final int MOST_DOUBLINGS = 5;
    /** An engine that ran for so long, longer than any delay, forgets the failures before it. */
    private static final Duration STEADY = Duration.ofMinutes(1);

    /** What the process is doing. */
    enum Role {
        STAND_BY,
        STARTING,
        LEADING,
        CLOSED
    }

    private final Election election;
    private final EngineFactory engines;
    private final EngineClock clock;
    private final Executor worker;

    private volatile Role role = Role.STAND_BY;
    private volatile String lastFailure = "";
    private volatile @Nullable RunningEngine engine;
    private long token;
    private int failures;

    /**
     * An operator that has not started.
     *
     * @param election says when to lead; closed with the operator
     * @param engines makes the engine of each term
     * @param clock the time
     * @param worker runs one task after the other, and may be blocked for as long as an engine takes to start
     */
    public Operator(Election election, EngineFactory engines, EngineClock clock, Executor worker) {
        this.election = election;
        this.engines = engines;
        this.clock = clock;
        this.worker = worker;
    }

    @Override
    public void start() {
        election.start(new LeadershipListener() {
            @Override
            public void gained(long gained) {
                worker.execute(() -> begin(gained));
            }

            @Override
            public void lost(String reason) {
                // The lease is given up after this returns: by then the engine must be gone.
                CompletableFuture.runAsync(() -> end(reason), worker).join();
            }
        });
    }

    private void begin(long gained) {
        if (role == Role.CLOSED) {
            return;
        }
        token = gained;
        failures = 0;
        role = Role.STARTING;
        attempt(gained);
    }

    private void attempt(long forToken) {
        if (role != Role.STARTING || token != forToken) {
            return;
        }
        LOG.info("starting the engine: token={} failures={}", forToken, failures);
        try {
            RunningEngine started = engines.start(forToken, election.leadership());
            engine = started;
            role = Role.LEADING;
            lastFailure = "";
            Instant since = clock.instant();
            started.halted().thenAccept(health -> worker.execute(() -> replace(started, since, health)));
        } catch (RuntimeException e) {
            LOG.warn("the engine could not be started: token={}", forToken, e);
            failures++;
            againAfter(delay(), String.valueOf(e.getMessage()));
        }
    }

    private void replace(RunningEngine halted, Instant since, Health health) {
        if (engine != halted) {
            return;
        }
        LOG.warn("the engine is down and is started again: token={} health={}", token, health.details());
        closeEngine();
        if (!clock.instant().isBefore(since.plus(STEADY))) {
            failures = 0;
        }
        againAfter(delay(), "the engine was down: " + health.details());
        failures++;
    }

    private Duration delay() {
        return failures == 0 ? Duration.ZERO : FIRST_DELAY.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
    }

    private void againAfter(Duration delay, String failure) {
        lastFailure = failure;
        role = Role.STARTING;
        long forToken = token;
        clock.schedule(delay, () -> worker.execute(() -> again(forToken)));
    }

    /** An engine halts also because the lease has run out: then its end is about to be told, and not to be delayed. */
    private void again(long forToken) {
        if (role != Role.STARTING || token != forToken) {
            return;
        }
        if (isLeading()) {
            attempt(forToken);
        } else {
            againAfter(FIRST_DELAY, lastFailure);
        }
    }

    private void end(String reason) {
        closeEngine();
        if (role != Role.CLOSED) {
            LOG.info("standing by: reason={}", reason);
            role = Role.STAND_BY;
        }
    }

    private void closeEngine() {
        RunningEngine running = engine;
        engine = null;
        if (running == null) {
            return;
        }
        try {
            running.close();
        } catch (RuntimeException e) {
            LOG.error("the engine could not be closed in order: token={}", token, e);
        }
    }

    boolean isLeading() {
        return election.leadership().isHeld();
    }

    @Override
    public Health health() {
        SortedMap<String, String> details = new TreeMap<>();
        Role now = role;
        details.put("role", now.name());
        election.leadership().heldUntil().ifPresent(until -> details.put("leadsUntil", until.toString()));
        String failure = lastFailure;
        if (!failure.isEmpty()) {
            details.put("lastFailure", failure);
        }
        Optional<Health> running = Optional.ofNullable(engine).map(RunningEngine::health);
        running.ifPresent(health -> health.details().forEach((name, value) -> details.put("engine." + name, value)));
        Health.Status status = switch (now) {
            case STAND_BY -> Health.Status.UP;
            case STARTING -> failure.isEmpty() ? Health.Status.UP : Health.Status.DEGRADED;
            case LEADING -> running.map(Health::status).orElse(Health.Status.DEGRADED);
            case CLOSED -> Health.Status.DOWN;
        };
        return new Health(status, details);
    }

    /** Closes the engine while the lease is still held, so that it can write its last state, and then gives that up. */
    @Override
    public synchronized void close() {
        if (role == Role.CLOSED) {
            return;
        }
        CompletableFuture.runAsync(
                        () -> {
                            role = Role.CLOSED;
                            closeEngine();
                        },
                        worker)
                .join();
        election.close();
    }
}

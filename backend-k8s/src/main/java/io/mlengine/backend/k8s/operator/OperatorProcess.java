package io.mlengine.backend.k8s.operator;

import io.mlengine.backend.k8s.cluster.Election;
import io.mlengine.backend.k8s.cluster.LeaderLease;
import io.mlengine.backend.k8s.cluster.LeaseTimes;
import io.mlengine.backend.k8s.cluster.ProcessIdentity;
import io.mlengine.backend.k8s.cluster.RequestObserver;
import io.mlengine.backend.k8s.cluster.SoleElection;
import io.mlengine.core.api.Health;
import io.mlengine.core.time.EngineClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A controller with its election and its endpoints. */
public final class OperatorProcess implements OperatorRuntime {
    private static final String SYNCED = "synced";

    private final OperatorSettings settings;
    private final NamedChecks live;
    private final NamedChecks ready;
    private final Metrics metrics;
    private final ExecutorService election = single("mlengine-election");
    private final ExecutorService worker = single("mlengine-operator");
    private final Operator operator;
    private @Nullable OperatorServer server;

    /**
     * A process that has not started.
     *
     * @param settings how it works
     * @param address which cluster it works for
     * @param engines makes the engine of each term
     * @param checks what else must hold
     * @param metrics what is counted
     * @param clock the time; closed after the process
     */
    public OperatorProcess(
            OperatorSettings settings,
            ClusterAddress address,
            EngineFactory engines,
            Checks checks,
            Metrics metrics,
            EngineClock clock) {
        this.settings = settings;
        this.metrics = metrics;
        Election standing = election(settings, address, clock);
        this.operator = new Operator(standing, engines, clock, worker);
        // Nothing that the API server can cause: a restart would not mend that, and a stand-by would be lost by it.
        this.live = checks.live().and("threads", Deadlocks::trouble).and("election", standing::trouble);
        this.ready = checks.ready().and("informers", () -> informers(operator.health()));
    }

    /**
     * What the endpoints tell besides the operator's own health.
     *
     * @param live what only a restart mends
     * @param ready whether it does its part; a stand-by does
     */
    public record Checks(NamedChecks live, NamedChecks ready) {}

    /**
     * Where the process counts, and what it tells of that.
     *
     * @param scrape the text of a Prometheus scrape
     * @param requests hears of each request to the API server that the election makes
     */
    public record Metrics(Supplier<String> scrape, RequestObserver requests) {
        /** Counts nothing. */
        public static final Metrics NONE = new Metrics(() -> "", RequestObserver.NONE);
    }

    private Election election(OperatorSettings wanted, ClusterAddress address, EngineClock clock) {
        return wanted.electsLeader()
                ? LeaderLease.create(
                        address.config(),
                        address.namespace(),
                        LeaderLease.NAME,
                        ProcessIdentity.create(),
                        LeaseTimes.of(wanted.leaseDuration()),
                        clock,
                        election,
                        metrics.requests())
                : new SoleElection(clock, election);
    }

    private static ExecutorService single(String name) {
        return Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public void start() {
        try {
            server = OperatorServer.start(
                    new InetSocketAddress(settings.metricsPort()),
                    () -> ProbeReport.of(live),
                    () -> new ProbeReport(ready.troubles(), operator.health()),
                    metrics.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException("port " + settings.metricsPort() + " for health and metrics is taken", e);
        }
        operator.start();
    }

    /** A stand-by has none; the leader's must have read everything. */
    private static String informers(Health own) {
        String role = own.details().getOrDefault("role", "");
        String backend = own.details().getOrDefault("engine.backend", SYNCED);
        return switch (role) {
            case "STARTING" -> "the engine has not started";
            case "LEADING" -> backend.equals(SYNCED) ? "" : backend;
            default -> "";
        };
    }

    @Override
    public Health health() {
        return operator.health();
    }

    /**
     * Tells whether this process leads.
     *
     * @return true while no other one can lead
     */
    public boolean isLeading() {
        return operator.isLeading();
    }

    /** Where health and metrics are served, once it has started. */
    InetSocketAddress address() {
        OperatorServer serving = server;
        if (serving == null) {
            throw new IllegalStateException("not started");
        }
        return serving.address();
    }

    @Override
    public void close() {
        operator.close();
        OperatorServer serving = server;
        if (serving != null) {
            serving.close();
        }
        worker.shutdown();
        election.shutdown();
    }
}

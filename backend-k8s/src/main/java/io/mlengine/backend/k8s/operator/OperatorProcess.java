package io.mlengine.backend.k8s.operator;

import io.mlengine.backend.k8s.cluster.Election;
import io.mlengine.backend.k8s.cluster.LeaderLease;
import io.mlengine.backend.k8s.cluster.LeaseTimes;
import io.mlengine.backend.k8s.cluster.ProcessIdentity;
import io.mlengine.backend.k8s.cluster.SoleElection;
import io.mlengine.core.api.Health;
import io.mlengine.core.time.EngineClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A controller with its election and its endpoints. */
public final class OperatorProcess implements OperatorRuntime {
    private final OperatorSettings settings;
    private final Supplier<Health> live;
    private final Supplier<Health> ready;
    private final Supplier<String> metrics;
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
     * @param metrics the text of a Prometheus scrape
     * @param clock the time; closed after the process
     */
    public OperatorProcess(
            OperatorSettings settings,
            ClusterAddress address,
            EngineFactory engines,
            Checks checks,
            Supplier<String> metrics,
            EngineClock clock) {
        this.settings = settings;
        this.live = checks.live();
        this.ready = checks.ready();
        this.metrics = metrics;
        this.operator = new Operator(election(settings, address, clock), engines, clock, worker);
    }

    /**
     * What the endpoints tell besides the operator's own health.
     *
     * @param live whether the process is worth keeping
     * @param ready whether it does its part; a stand-by does
     */
    public record Checks(Supplier<Health> live, Supplier<Health> ready) {}

    private Election election(OperatorSettings wanted, ClusterAddress address, EngineClock clock) {
        return wanted.electsLeader()
                ? LeaderLease.create(
                        address.config(),
                        address.namespace(),
                        LeaderLease.NAME,
                        ProcessIdentity.create(),
                        LeaseTimes.of(wanted.leaseDuration()),
                        clock,
                        election)
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
            server =
                    OperatorServer.start(new InetSocketAddress(settings.metricsPort()), live, this::readiness, metrics);
        } catch (IOException e) {
            throw new UncheckedIOException("port " + settings.metricsPort() + " for health and metrics is taken", e);
        }
        operator.start();
    }

    /** Ready or not is what the checks say; the rest is for people. */
    private Health readiness() {
        Health checked = ready.get();
        Health own = operator.health();
        SortedMap<String, String> details = new TreeMap<>(checked.details());
        details.putAll(own.details());
        boolean isDown = checked.status() == Health.Status.DOWN || own.status() == Health.Status.DOWN;
        return new Health(isDown ? Health.Status.DOWN : own.status(), details);
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

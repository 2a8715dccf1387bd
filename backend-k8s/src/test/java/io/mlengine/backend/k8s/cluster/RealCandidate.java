package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.client.Config;
import io.mlengine.core.time.SystemClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** A candidate at a real API server, whose requests can be held back for ever. */
final class RealCandidate implements LeadershipListener, AutoCloseable {
    /** For what has to happen. */
    static final LeaseTimes SHORT = LeaseTimes.of(Duration.ofSeconds(2));

    /** For what must not happen: a busy machine alone may take longer than a short lease allows. */
    static final LeaseTimes LONG = LeaseTimes.of(Duration.ofSeconds(15));

    static final String LEASE = "mlengine";

    final List<Long> tokens = new CopyOnWriteArrayList<>();
    final List<String> reasons = new CopyOnWriteArrayList<>();
    final LeaderLease lease;

    private final SystemClock clock = new SystemClock();
    private final ExecutorService callbacks = Executors.newSingleThreadExecutor();
    private volatile boolean hangs;

    RealCandidate(Config config, String namespace, String name, LeaseTimes times) {
        lease = new LeaderLease(
                held(new KubernetesLeaseApi(config, namespace, LEASE, times, RequestObserver.NONE)),
                name,
                times,
                clock,
                callbacks);
        lease.start(this);
    }

    private LeaseApi held(LeaseApi api) {
        return new LeaseApi() {
            @Override
            public CompletionStage<Optional<LeaseRecord>> read() {
                return unlessHanging(api::read);
            }

            @Override
            public CompletionStage<LeaseRecord> write(LeaseRecord record) {
                return unlessHanging(() -> api.write(record));
            }

            @Override
            public void close() {
                api.close();
            }
        };
    }

    private <T> CompletionStage<T> unlessHanging(Supplier<CompletionStage<T>> request) {
        return hangs ? new CompletableFuture<>() : request.get();
    }

    void hang() {
        hangs = true;
    }

    boolean isHeld() {
        return lease.leadership().isHeld();
    }

    @Override
    public void gained(long token) {
        tokens.add(token);
    }

    @Override
    public void lost(String reason) {
        reasons.add(reason);
    }

    @Override
    public void close() {
        lease.close();
        callbacks.shutdown();
        clock.close();
    }
}

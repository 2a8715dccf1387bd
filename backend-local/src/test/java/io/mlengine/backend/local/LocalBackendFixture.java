package io.mlengine.backend.local;

import io.mlengine.backend.local.device.DeviceInventory;
import io.mlengine.backend.local.lease.LeaseBook;
import io.mlengine.backend.local.prepare.EnvironmentUse;
import io.mlengine.backend.local.prepare.LocalFolders;
import io.mlengine.backend.local.prepare.SecretResolver;
import io.mlengine.backend.local.prepare.Workspace;
import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.backend.Progress;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.backend.ReserveOrder;
import io.mlengine.spi.backend.StopOrder;
import io.mlengine.spi.backend.StopReason;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** A local backend in a folder of its own, with everything it has reported. */
final class LocalBackendFixture implements AutoCloseable {
    static final Fence FENCE = new Fence("test", 1);
    static final Duration PATIENCE = Duration.ofSeconds(30);

    final Path root;
    final LocalBackend backend;
    LocalAttempt.Preparer preparer;
    SecretResolver secrets = ref -> "secret-of-" + ref.name() + "-" + ref.key();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<BackendEvent> events = new ArrayList<>();
    private final Map<ReplicaId, List<ReplicaStatus>> statuses = new HashMap<>();

    LocalBackendFixture(Path root) {
        this(root, builder -> builder);
    }

    LocalBackendFixture(Path root, UnaryOperator<LocalBackendConfig.Builder> settings) {
        this.root = root;
        LocalBackendConfig config = settings.apply(LocalBackendConfig.builder()
                        .folders(new LocalFolders(root, root.resolve("cache"), root.resolve("secrets")))
                        .leaseFolder(root.resolve("leases"))
                        .closeGrace(Duration.ofSeconds(1))
                        .stopsOnShutdown(false))
                .build();
        this.preparer = (job, attempt, shape, progress) -> {
            try {
                Path work = Files.createDirectories(
                        root.resolve("jobs").resolve(job.value()).resolve("work"));
                return new Workspace(work, work, List.of(), new TreeMap<>(), EnvironmentUse.NONE);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        };
        DeviceInventory none = List::of;
        backend = new LocalBackend(
                config,
                new LocalBackend.Parts(
                        none,
                        LeaseBook.open(config.leaseFolder(), config.ports()),
                        (job, attempt, shape, progress) -> preparer.prepare(job, attempt, shape, progress),
                        ref -> secrets.resolve(ref)));
        backend.start(this::take);
        await(() -> events.stream()
                .filter(event -> event.kind() == BackendEvent.Kind.SYNCED)
                .findFirst());
    }

    private void take(BackendEvent event) {
        lock.lock();
        try {
            events.add(event);
            if (event instanceof BackendEvent.ReplicaReported report) {
                statuses.computeIfAbsent(report.status().id(), id -> new ArrayList<>())
                        .add(report.status());
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    static JobShape.Builder job(String name) {
        return JobShape.builder().name(name).framework(FrameworkName.of("command"));
    }

    static AttemptId attempt(String job) {
        return new AttemptId(JobId.of(job), 1);
    }

    static ReplicaId replica(String job, int index) {
        return new ReplicaId(attempt(job), "worker", index, 0);
    }

    /** Starts one replica of a shell script. */
    ReplicaId run(String job, String script) {
        return run(job, script, Resources.NONE, plan -> plan);
    }

    ReplicaId run(String job, String script, Resources resources, UnaryOperator<ReplicaPlan.Builder> plan) {
        return start(job, List.of("/bin/sh", "-c", script), 1, Needs.NONE, resources, plan);
    }

    ReplicaId start(
            String job,
            List<String> command,
            int replicas,
            Needs needs,
            Resources resources,
            UnaryOperator<ReplicaPlan.Builder> plan) {
        JobShape shape = job(job).addRole(Role.named("worker")
                        .replicas(replicas)
                        .resources(resources)
                        .build())
                .build();
        reserve(shape, job, replicas, needs);
        launch(shape, job, replicas, command, plan);
        return replica(job, 0);
    }

    Reservation reserve(JobShape shape, String job, int replicas, Needs needs) {
        Placement placement = new Placement(IntStream.range(0, replicas)
                .mapToObj(index -> new Placement.Slot(new ReplicaKey("worker", index), "local", List.of()))
                .toList());
        return backend.reserve(new ReserveOrder(attempt(job), shape, placement, needs), FENCE)
                .toCompletableFuture()
                .join();
    }

    void launch(
            JobShape shape, String job, int replicas, List<String> command, UnaryOperator<ReplicaPlan.Builder> plan) {
        List<LaunchOrder.Start> starts = IntStream.range(0, replicas)
                .mapToObj(index -> new LaunchOrder.Start(
                        replica(job, index),
                        plan.apply(ReplicaPlan.builder()
                                        .key(new ReplicaKey("worker", index))
                                        .command(command))
                                .build()))
                .toList();
        backend.launch(new LaunchOrder(attempt(job), shape, starts, Duration.ofSeconds(5)), FENCE)
                .toCompletableFuture()
                .join();
    }

    void stop(String job, Duration grace) {
        backend.stop(attempt(job), Set.of(), new StopOrder(grace, StopReason.CANCELLED), FENCE)
                .toCompletableFuture()
                .join();
    }

    ReplicaStatus awaitEnd(ReplicaId replica) {
        return awaitStatus(replica, status -> !status.state().mayLive());
    }

    ReplicaStatus awaitState(ReplicaId replica, ReplicaState state) {
        return awaitStatus(replica, status -> status.state() == state);
    }

    ReplicaStatus awaitStatus(ReplicaId replica, Predicate<ReplicaStatus> condition) {
        return await(() -> statuses.getOrDefault(replica, List.of()).stream()
                .filter(condition)
                .findFirst());
    }

    List<ReplicaStatus> statuses(ReplicaId replica) {
        lock.lock();
        try {
            return List.copyOf(statuses.getOrDefault(replica, List.of()));
        } finally {
            lock.unlock();
        }
    }

    List<Progress> progress(ReplicaId replica) {
        return events().stream()
                .filter(BackendEvent.ProgressReported.class::isInstance)
                .map(BackendEvent.ProgressReported.class::cast)
                .filter(event -> event.replica().equals(replica))
                .map(BackendEvent.ProgressReported::progress)
                .toList();
    }

    List<BackendEvent> events() {
        lock.lock();
        try {
            return List.copyOf(events);
        } finally {
            lock.unlock();
        }
    }

    private <T> T await(Supplier<Optional<T>> source) {
        long nanos = PATIENCE.toNanos();
        lock.lock();
        try {
            while (true) {
                Optional<T> found = source.get();
                if (found.isPresent()) {
                    return found.get();
                }
                if (nanos <= 0) {
                    throw new AssertionError("not reported; reported were " + events);
                }
                nanos = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a condition outside of the backend, for example of the process table. */
    static void awaitTrue(String what, java.util.function.BooleanSupplier condition) throws TimeoutException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException("never true: " + what);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    Path folder(ReplicaId replica) {
        return new io.mlengine.backend.local.log.ReplicaFolders(root).replica(replica);
    }

    @Override
    public void close() {
        backend.close();
    }
}

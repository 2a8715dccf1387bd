package io.mlengine.backend.local;

import io.mlengine.backend.local.device.DeviceInventories;
import io.mlengine.backend.local.device.DeviceInventory;
import io.mlengine.backend.local.device.DeviceSettings;
import io.mlengine.backend.local.lease.LeaseBook;
import io.mlengine.backend.local.lease.LeaseTakenException;
import io.mlengine.backend.local.log.LogPhase;
import io.mlengine.backend.local.log.LogSettings;
import io.mlengine.backend.local.log.LogWatcher;
import io.mlengine.backend.local.log.ReplicaFolders;
import io.mlengine.backend.local.prepare.EnvironmentCache;
import io.mlengine.backend.local.prepare.EnvironmentLimits;
import io.mlengine.backend.local.prepare.EnvironmentSweep;
import io.mlengine.backend.local.prepare.LocalSecrets;
import io.mlengine.backend.local.prepare.SecretResolver;
import io.mlengine.backend.local.prepare.Workspaces;
import io.mlengine.backend.local.process.ControlGroups;
import io.mlengine.backend.local.process.ProcessTable;
import io.mlengine.backend.local.process.Spawner;
import io.mlengine.backend.local.sample.UsageSampler;
import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.backend.Cleanup;
import io.mlengine.spi.backend.ComputeBackend;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.backend.LogCursor;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.backend.OrderFailedException;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.backend.ReserveOrder;
import io.mlengine.spi.backend.StopOrder;
import io.mlengine.spi.backend.StopReason;
import io.mlengine.spi.backend.Traits;
import io.mlengine.spi.error.MLEngineException;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.ReplicaId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs replicas as processes on this machine and hands out its GPUs. Linux only. */
public final class LocalBackend implements ComputeBackend {
    private static final Logger LOG = LoggerFactory.getLogger(LocalBackend.class);
    private static final Traits TRAITS = new Traits("local", true, true, true, false, false);
    private static final long LOOK_MILLIS = 100;
    private static final long NODE_SECONDS = 10;
    private static final int STARTERS = 4;
    private static final long SWEEP_SECONDS = 60;
    private static final long FIRST_SWEEP_SECONDS = 5;

    private final LocalBackendConfig config;
    private final DeviceInventory devices;
    private final NodeReporter node;
    private final LeaseBook leases;
    private final LocalAttempt.Preparer preparer;
    private final ReplicaFolders folders;
    private final ControlGroups groups;
    private final Services services;
    private final ExecutorService orders = Executors.newSingleThreadExecutor(task -> daemon(task, "orders"));
    private final ExecutorService preparers;
    private final ExecutorService starters = Executors.newFixedThreadPool(STARTERS, task -> daemon(task, "starter"));
    private final ScheduledExecutorService timers =
            Executors.newScheduledThreadPool(1, task -> daemon(task, "local-timers"));
    // A thread of its own: looking at the sizes of environments may keep the disk busy for seconds.
    private final ScheduledExecutorService sweeper =
            Executors.newScheduledThreadPool(1, task -> daemon(task, "sweeper"));
    private final EnvironmentSweep sweep;
    private final Map<AttemptId, LocalAttempt> attempts = new ConcurrentHashMap<>();
    private final Object ended = new Object();
    private final Thread shutdownHook = new Thread(this::close, "mlengine-local-shutdown");
    private volatile @Nullable Consumer<BackendEvent> sink;
    private long fenceToken = Long.MIN_VALUE;
    private boolean closed;

    /** What the backend stands on; tests give others. */
    record Parts(DeviceInventory devices, LeaseBook leases, LocalAttempt.Preparer preparer, SecretResolver secrets) {}

    LocalBackend(LocalBackendConfig config, Parts parts) {
        this.config = config;
        this.devices = parts.devices();
        this.leases = parts.leases();
        this.node = new NodeReporter(config, parts, this::emit);
        this.preparer = parts.preparer();
        this.sweep = new EnvironmentSweep(
                EnvironmentCache.below(config.folders().cache()),
                new EnvironmentLimits(config.environmentAge(), config.environmentBytes()),
                InstantSource.system());
        this.folders = new ReplicaFolders(config.folders().state());
        this.groups = ControlGroups.detect();
        this.preparers = Executors.newFixedThreadPool(config.preparations(), task -> daemon(task, "preparer"));
        LogWatcher logs = new LogWatcher(folders, new LogSettings(config.logBytesPerFile(), config.rotatedLogFiles()));
        long engine = ProcessHandle.current().pid();
        long started =
                ProcessTable.find(engine).map(ProcessTable.Entry::started).orElse(0L);
        AtomicLong count = new AtomicLong(System.nanoTime() & 0xffff_ffffL);
        this.services = new Services(
                folders,
                new Spawner(config.shell(), folders.root().resolve("supervisors.log")),
                groups,
                logs,
                new UsageSampler(
                        config.sampleInterval(),
                        devices::usage,
                        (replica, sample) -> emit(new BackendEvent.UsageReported(replica, sample))),
                new ReplicaEnvironment(System.getenv(), config.passedVariables(), parts.secrets()),
                new Reaper(),
                timers,
                () -> engine + "-" + started + "-" + count.incrementAndGet(),
                this::emit);
    }

    /**
     * Makes a backend with the user's folders and everything this machine has.
     *
     * @return the backend; the caller closes it
     */
    public static LocalBackend detect() {
        return create(LocalBackendConfig.builder().build());
    }

    /**
     * Makes a backend. Looking for devices may take seconds where only {@code nvidia-smi} is there.
     *
     * @param config how it works
     * @return the backend; the caller closes it
     */
    public static LocalBackend create(LocalBackendConfig config) {
        SecretResolver secrets = new LocalSecrets(config.folders().secrets(), System.getenv());
        Workspaces workspaces = Workspaces.of(config.folders(), secrets, System.getenv());
        DeviceSettings settings = new DeviceSettings(
                config.fakeGpus(),
                config.sharesForeignGpus(),
                pid -> ProcessTable.mark(pid).isPresent());
        return new LocalBackend(
                config,
                new Parts(
                        DeviceInventories.detect(settings),
                        LeaseBook.open(config.leaseFolder(), config.ports()),
                        workspaces::prepare,
                        secrets));
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, "mlengine-" + name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Says which limits this machine enforces, for people.
     *
     * @return one sentence
     */
    public String limits() {
        return groups.description();
    }

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public void start(Consumer<BackendEvent> target) {
        sink = target;
        LOG.info("local backend root={} limits={}", folders.root(), limits());
        if (config.stopsOnShutdown()) {
            Runtime.getRuntime().addShutdownHook(shutdownHook);
        }
        orders.execute(() -> {
            try {
                Leftovers.sweep(services.liveFolder(), groups);
            } catch (IOException | RuntimeException e) {
                LOG.warn("cannot look for replicas of engines that have died cause={}", e.toString());
            }
            node.read(true);
            emit(new BackendEvent.Synced());
        });
        timers.scheduleWithFixedDelay(this::look, 10 * LOOK_MILLIS, 10 * LOOK_MILLIS, TimeUnit.MILLISECONDS);
        // The driver may be slow to answer, so it is asked where nothing urgent waits.
        timers.scheduleWithFixedDelay(
                () -> starters.execute(() -> node.read(false)), NODE_SECONDS, NODE_SECONDS, TimeUnit.SECONDS);
        sweeper.scheduleWithFixedDelay(sweep::look, FIRST_SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    }

    private void emit(BackendEvent event) {
        Consumer<BackendEvent> target = sink;
        if (target != null) {
            target.accept(event);
        }
    }

    private void look() {
        node.look();
        for (LocalAttempt attempt : attempts.values()) {
            try {
                attempt.replicas().forEach(Replica::look);
            } catch (RuntimeException e) {
                LOG.error("cannot look after an attempt", e);
            }
        }
    }

    @Override
    public CompletionStage<Reservation> reserve(ReserveOrder order, Fence fence) {
        CompletableFuture<Reservation> answer = new CompletableFuture<>();
        inOrder(answer, fence, () -> answer.complete(claim(order)));
        return answer;
    }

    private Reservation claim(ReserveOrder order) {
        AttemptId id = order.attempt();
        boolean isNew = !attempts.containsKey(id);
        LocalAttempt attempt = isNew ? new LocalAttempt(id, this::replicaEnded, this::liveProcesses) : attempts.get(id);
        if (attempt == null) {
            throw notReserved(id);
        }
        boolean isClaimed = false;
        try {
            Set<String> wanted = new TreeSet<>();
            order.placement().replicas().forEach(slot -> wanted.addAll(slot.devices()));
            leases.claimDevices(id, wanted);
            for (Needs.Port port : order.needs().ports()) {
                // An elastic job names the ports of all that may ever join; those that have not joined hold none.
                boolean takesPart = order.placement().slot(port.replica()).isPresent();
                if (takesPart && !attempt.hasPort(port.replica(), port.name())) {
                    attempt.addPort(
                            port.replica(), port.name(), leases.claimPort(id, port.replica() + " " + port.name()));
                }
            }
            isClaimed = true;
        } catch (LeaseTakenException e) {
            // Before the order fails, so that the next decision knows.
            node.look();
            throw new OrderFailedException(
                    FailureClass.INFRASTRUCTURE,
                    "DeviceTaken",
                    "device " + e.resource() + " is held by " + e.holder(),
                    e);
        } finally {
            if (!isClaimed && isNew) {
                leases.release(id);
            }
        }
        attempt.place(order.placement());
        attempts.put(id, attempt);
        return attempt.reservation();
    }

    @Override
    public CompletionStage<Void> launch(LaunchOrder order, Fence fence) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        if (!accepts(answer, fence)) {
            return answer;
        }
        LocalAttempt attempt = attempts.get(order.attempt());
        if (attempt == null) {
            answer.completeExceptionally(notReserved(order.attempt()));
            return answer;
        }
        for (LaunchOrder.Start start : order.replicas()) {
            if (!attempt.has(start.id())) {
                Replica replica =
                        new Replica(attempt, start, new LaunchSpec(order, start, attempt, services), services);
                if (attempt.add(replica)) {
                    replica.accepted();
                    attempt.startWhenPrepared(replica, order.job(), preparer, preparers, starters);
                }
            }
        }
        answer.complete(null);
        return answer;
    }

    @Override
    public CompletionStage<Void> stop(AttemptId id, Set<ReplicaId> who, StopOrder how, Fence fence) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        if (accepts(answer, fence)) {
            stop(attempts.get(id), who, how);
            answer.complete(null);
        }
        return answer;
    }

    private void stop(@Nullable LocalAttempt attempt, Set<ReplicaId> who, StopOrder how) {
        if (attempt != null) {
            List<Replica> stopped = attempt.replicas().stream()
                    .filter(replica -> who.isEmpty() || who.contains(replica.id()))
                    .toList();
            stopped.forEach(replica -> replica.stop(how));
            attempt.stopWaiting(stopped, starters);
        }
    }

    @Override
    public CompletionStage<Void> release(AttemptId id, Cleanup cleanup, Fence fence) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        inOrder(answer, fence, () -> {
            LocalAttempt attempt = attempts.get(id);
            if (attempt != null) {
                if (attempt.isLive()) {
                    throw stillRunning(id.toString());
                }
                leases.release(id);
                attempts.remove(id);
                attempt.abandon();
            }
            if (cleanup == Cleanup.REMOVE_WORK) {
                deleteTree(folders.job(id.job()).resolve("work"));
            }
            answer.complete(null);
        });
        return answer;
    }

    @Override
    public CompletionStage<Void> remove(JobId job, Fence fence) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        inOrder(answer, fence, () -> {
            boolean isLive = attempts.entrySet().stream()
                    .anyMatch(entry ->
                            entry.getKey().job().equals(job) && entry.getValue().isLive());
            if (isLive) {
                throw stillRunning(job.toString());
            }
            deleteTree(folders.job(job));
            answer.complete(null);
        });
        return answer;
    }

    private static void deleteTree(Path folder) {
        try (Stream<Path> files = Files.exists(folder) ? Files.walk(folder) : Stream.empty()) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new MLEngineException(LocalError.FILES, "A folder cannot be removed.", Map.of("folder", folder), e);
        }
    }

    /** Runs what may wait for files or locks, one order after the other. */
    private void inOrder(CompletableFuture<?> answer, Fence fence, Runnable work) {
        if (accepts(answer, fence)) {
            orders.execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
        }
    }

    private synchronized boolean accepts(CompletableFuture<?> answer, Fence fence) {
        if (closed) {
            answer.completeExceptionally(
                    new MLEngineException(LocalError.CLOSED, "The backend is closed.", Map.of(), null));
            return false;
        }
        if (fence.token() < fenceToken) {
            answer.completeExceptionally(new MLEngineException(
                    LocalError.FENCED,
                    "Another engine has taken over.",
                    Map.of("token", fence.token(), "newest", fenceToken),
                    null));
            return false;
        }
        fenceToken = fence.token();
        return true;
    }

    private static MLEngineException notReserved(AttemptId id) {
        return new MLEngineException(
                LocalError.NOT_RESERVED, "The attempt is not reserved.", Map.of("attempt", id), null);
    }

    private static MLEngineException stillRunning(String what) {
        return new MLEngineException(LocalError.STILL_RUNNING, "Replicas are still alive.", Map.of("of", what), null);
    }

    private Collection<Long> liveProcesses() {
        List<ProcessTable.Family> families = new ArrayList<>();
        attempts.values()
                .forEach(attempt -> attempt.replicas().stream()
                        .filter(Replica::isLive)
                        .forEach(replica -> replica.family().ifPresent(families::add)));
        TreeSet<Long> all = new TreeSet<>();
        ProcessTable.members(families).values().forEach(all::addAll);
        return all;
    }

    @Override
    public Flow.Publisher<LogLine> logs(ReplicaId replica, LogCursor from, boolean follow) {
        return services.logs().lines(replica, from, follow, this::phase);
    }

    private LogPhase phase(ReplicaId id) {
        LocalAttempt attempt = attempts.get(id.attempt());
        Replica replica = attempt == null ? null : attempt.replica(id);
        if (replica != null) {
            return replica.isLive() ? LogPhase.LIVE : LogPhase.ENDED;
        }
        return attempt == null && Files.exists(folders.attempt(id.attempt())) ? LogPhase.ENDED : LogPhase.EXPECTED;
    }

    private void replicaEnded() {
        synchronized (ended) {
            ended.notifyAll();
        }
    }

    /** Stops what runs (TERM, grace, KILL) and returns when nothing of it is alive. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        StopOrder how = new StopOrder(config.closeGrace(), StopReason.SHUTDOWN);
        attempts.values().forEach(attempt -> stop(attempt, Set.of(), how));
        awaitNothingAlive();
        attempts.values().forEach(LocalAttempt::abandon);
        sink = null;
        services.sampler().close();
        services.reaper().close();
        services.logs().close();
        services.spawner().close();
        for (ExecutorService executor : List.of(orders, preparers, starters, timers, sweeper)) {
            executor.shutdownNow();
        }
        leases.close();
        devices.close();
        if (config.stopsOnShutdown() && Thread.currentThread() != shutdownHook) {
            try {
                Runtime.getRuntime().removeShutdownHook(shutdownHook);
            } catch (IllegalStateException alreadyShuttingDown) {
                LOG.debug("closed while the process shuts down");
            }
        }
    }

    private void awaitNothingAlive() {
        boolean interrupted = false;
        // A replica tells its end while it holds its own lock, so nobody may ask it while holding this one.
        while (attempts.values().stream().anyMatch(LocalAttempt::isLive)) {
            try {
                synchronized (ended) {
                    ended.wait(LOOK_MILLIS);
                }
            } catch (InterruptedException e) {
                interrupted = true; // leaving processes behind would be worse than being late
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.mlengine.backend.local;

import io.mlengine.backend.local.log.ReplicaLog;
import io.mlengine.backend.local.prepare.Workspace;
import io.mlengine.backend.local.process.ControlGroup;
import io.mlengine.backend.local.process.ExitReport;
import io.mlengine.backend.local.process.ProcessTable;
import io.mlengine.backend.local.process.ReplicaFiles;
import io.mlengine.backend.local.process.Signals;
import io.mlengine.backend.local.process.Spawner;
import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.backend.StopOrder;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.ReplicaId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One start of one replica, from the order to its end; its lock guards its state and keeps its reports in order. */
final class Replica implements Spawner.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);
    private static final long READY_POLL_MILLIS = 50;
    private static final long GROUP_POLL_MILLIS = 5;
    private static final Duration SUPERVISOR_PATIENCE = Duration.ofSeconds(2);

    private final LocalAttempt attempt;
    private final LaunchOrder.Start order;
    private final LaunchSpec spec;
    private final Services services;
    private final String uid;

    private ReplicaState state = ReplicaState.PENDING;
    private Optional<String> codeCommit = Optional.empty();
    private String reason = "";
    private String message = "";
    private long revision;
    private @Nullable Instant startedAt;
    private boolean spawned;
    private boolean endSeen;
    private @Nullable ReplicaFiles process;
    private ControlGroup group = ControlGroup.NONE;
    private @Nullable ReplicaLog log;
    private @Nullable StopOrder stop;
    private long killAt = Long.MAX_VALUE;
    private boolean killed;
    private @Nullable Long silentSince;
    private long orderedAt;

    Replica(LocalAttempt attempt, LaunchOrder.Start order, LaunchSpec spec, Services services) {
        this.attempt = attempt;
        this.order = order;
        this.spec = spec;
        this.services = services;
        this.uid = services.uids().get();
    }

    ReplicaId id() {
        return order.id();
    }

    synchronized ReplicaState state() {
        return state;
    }

    synchronized boolean isLive() {
        return state.mayLive();
    }

    synchronized void accepted() {
        report();
    }

    synchronized void preparing(String what) {
        if (state == ReplicaState.PENDING || state == ReplicaState.PREPARING) {
            state = ReplicaState.PREPARING;
            reason = "PreparingEnvironment";
            message = what;
            report();
        }
    }

    /** Starts the process; may read and write files. */
    void start(Workspace workspace) {
        codeCommit = workspace.codeCommit();
        synchronized (this) {
            if (stop != null || spawned || !state.mayLive()) {
                stoppedBeforeStart();
                return;
            }
            spawned = true;
            orderedAt = ProcessTable.now();
        }
        try {
            LaunchSpec.Prepared prepared = spec.prepare(workspace, uid);
            synchronized (this) {
                group = prepared.group();
                log = services.logs().open(id(), spec.rules(), Halting.of(this), this::progress);
            }
            services.spawner().start(prepared.order(), this);
        } catch (LaunchFailure e) {
            notStarted(e.failureClass(), e.reason(), String.valueOf(e.getMessage()));
        } catch (IOException e) {
            LaunchFailure failure = LaunchSpec.filesFailed(e);
            notStarted(failure.failureClass(), failure.reason(), String.valueOf(failure.getMessage()));
        }
    }

    /** It will not start: nothing of it exists. */
    synchronized void notStarted(FailureClass failureClass, String why, String details) {
        if (!state.mayLive()) {
            return;
        }
        if (stop != null) {
            stoppedBeforeStart();
            return;
        }
        cleanUp();
        reason = why;
        message = details;
        state = ReplicaState.FAILED;
        emit(status().failureClass(failureClass).endedAt(Instant.now()));
    }

    synchronized void stoppedBeforeStart() {
        if (state.mayLive()) {
            cleanUp();
            state = ReplicaState.GONE;
            reason = "Stopped";
            message = "stopped before it was started";
            emit(status().endedAt(Instant.now()));
        }
    }

    @Override
    public synchronized void started(long supervisor, long pid) {
        ReplicaFiles files = new ReplicaFiles(supervisor, startTime(supervisor), pid, startTime(pid), uid);
        process = files;
        try {
            files.write(spec.folder());
        } catch (IOException e) {
            LOG.warn("cannot write the process's number replica={} cause={}", id(), e.toString());
        }
        startedAt = Instant.now();
        reason = "";
        message = "";
        services.sampler()
                .track(
                        id(),
                        pid,
                        spec.devices(),
                        group.joins().isEmpty() ? null : group.joins().get(0).getParent());
        LOG.debug("started replica={} pid={}", id(), pid);
        if (stop != null) {
            state = ReplicaState.STOPPING;
            report();
            terminate();
            return;
        }
        state = ReplicaState.STARTED;
        report();
        awaitReady();
    }

    /** Of a process that has ended already only a lower bound is known, which no other process has. */
    private long startTime(long pid) {
        return ProcessTable.find(pid).map(ProcessTable.Entry::started).orElse(orderedAt);
    }

    private synchronized void awaitReady() {
        if (state == ReplicaState.STARTED) {
            if (spec.isReady()) {
                state = ReplicaState.READY;
                report();
            } else {
                services.timers().schedule(this::awaitReady, READY_POLL_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    @Override
    public void ended(ExitStatus status) {
        ended(Optional.of(status));
    }

    private void ended(Optional<ExitStatus> status) {
        synchronized (this) {
            if (endSeen) {
                return;
            }
            endSeen = true;
        }
        services.reaper().ended(this, status);
    }

    @Override
    public synchronized void silenced() {
        silentSince = System.nanoTime();
    }

    /** Looks after a replica whose supervisor may have been killed or can no longer reach us. */
    void look() {
        ReplicaFiles files;
        Long since;
        synchronized (this) {
            if (!spawned || endSeen || !state.mayLive()) {
                return;
            }
            files = process;
            since = silentSince;
        }
        if (files == null) {
            if (since != null && System.nanoTime() - since > SUPERVISOR_PATIENCE.toNanos()) {
                // Whether it was forked is not known; if so, its mark finds it.
                ProcessTable.Family family = new ProcessTable.Family(uid, -1, orderedAt);
                if (!killLeftovers(ProcessTable.members(List.of(family)).getOrDefault(uid, new TreeSet<>()))) {
                    notStarted(
                            FailureClass.INFRASTRUCTURE, "SpawnerLost", "the shell that starts processes was killed");
                }
            }
            return;
        }
        if (ProcessTable.isAlive(files.supervisor(), files.supervisorStarted())) {
            return;
        }
        Optional<ExitStatus> exit = ExitReport.read(spec.folder());
        if (exit.isPresent() || since != null) {
            ended(exit);
        } else {
            // The last word may still be on its way through the pipe; the next look decides.
            silenced();
        }
    }

    synchronized void stop(StopOrder how) {
        if (!state.mayLive()) {
            return;
        }
        if (stop == null) {
            stop = how;
            reason = "Stopping";
            message = "stopping: " + how.reason();
            state = ReplicaState.STOPPING;
            report();
        }
        long at = System.nanoTime() + how.grace().toNanos();
        if (at - killAt < 0 || killAt == Long.MAX_VALUE) {
            killAt = at;
        } else {
            return;
        }
        terminate();
    }

    private void terminate() {
        ReplicaFiles files = process;
        if (files == null || endSeen) {
            return;
        }
        services.timers().schedule(this::killWhenDue, Math.max(0, killAt - System.nanoTime()), TimeUnit.NANOSECONDS);
        askToEnd(files);
    }

    /**
     * The group exists from setsid on. Before that the process is a copy of its supervisor, which catches TERM and would
     * lose it, so there is nothing to do but to ask again.
     */
    private synchronized void askToEnd(ReplicaFiles files) {
        if (!endSeen && !killed && !Signals.sendToGroup(files.process(), Signals.TERM)) {
            services.timers().schedule(() -> askToEnd(files), GROUP_POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void killWhenDue() {
        ReplicaFiles files = process;
        if (files == null || endSeen || killAt - System.nanoTime() > 0) {
            return;
        }
        killed = true;
        group.kill();
        Signals.sendToGroup(files.process(), Signals.KILL);
        Signals.send(files.process(), Signals.KILL);
    }

    Optional<ProcessTable.Family> family() {
        ReplicaFiles files;
        synchronized (this) {
            files = process;
        }
        return files == null
                ? Optional.empty()
                : Optional.of(new ProcessTable.Family(uid, files.process(), files.processStarted()));
    }

    /** Kills what is alive after the first process has ended; false when nothing was. */
    boolean killLeftovers(TreeSet<Long> found) {
        ControlGroup current;
        synchronized (this) {
            current = group;
        }
        found.addAll(current.members());
        if (found.isEmpty()) {
            return false;
        }
        current.kill();
        Signals.sendToAll(found, Signals.KILL);
        return true;
    }

    /** Nothing of it is alive: tells its end. */
    void finish(Optional<ExitStatus> exit) {
        services.sampler().untrack(id());
        ReplicaLog written;
        synchronized (this) {
            written = log;
        }
        if (written == null) {
            return;
        }
        written.finish();
        synchronized (this) {
            StopOrder order = stop;
            ReplicaStatus.Builder status = status().message("").reason("").endedAt(Instant.now());
            ReplicaEnd.explain(
                    new ReplicaEnd.Facts(
                            exit,
                            group.hasKilledForMemory(),
                            spec.memoryBytes(),
                            order == null ? "" : order.reason().name(),
                            killed,
                            written,
                            spec.folder(),
                            attempt.ports(),
                            attempt::liveProcesses),
                    status);
            ReplicaStatus end = status.build();
            state = end.state();
            cleanUp();
            services.sink().accept(new BackendEvent.ReplicaReported(end));
        }
        services.logs().close(id());
        attempt.replicaEnded();
    }

    private void cleanUp() {
        group.remove();
        spec.forget(uid);
    }

    private void progress(io.mlengine.spi.backend.Progress progress) {
        services.sink().accept(new BackendEvent.ProgressReported(id(), progress));
    }

    private void report() {
        emit(status());
    }

    private void emit(ReplicaStatus.Builder status) {
        services.sink().accept(new BackendEvent.ReplicaReported(status.build()));
        if (!state.mayLive()) {
            services.logs().close(id());
            attempt.replicaEnded();
        }
    }

    private ReplicaStatus.Builder status() {
        return ReplicaStatus.builder()
                .id(id())
                .revision(++revision)
                .state(state)
                .reason(reason)
                .message(message)
                .codeCommit(codeCommit)
                .startedAt(Optional.ofNullable(startedAt));
    }
}

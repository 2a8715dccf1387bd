package io.mlengine.backend.local;

import io.mlengine.backend.local.prepare.PreparationException;
import io.mlengine.backend.local.prepare.Workspace;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobEnvironment;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the backend holds of one attempt: its claim, its workspace, its replicas. */
final class LocalAttempt {
    /** Prepares the workspace of an attempt; blocks. */
    interface Preparer {
        /** Prepares; called once for each attempt. */
        Workspace prepare(JobId job, AttemptId attempt, JobShape shape, Consumer<String> progress)
                throws PreparationException;
    }

    private enum Preparation {
        NOT_BEGUN,
        QUEUED,
        RUNNING,
        DONE
    }

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SECRET_BYTES = 32;

    private final AttemptId id;
    private final String secret = newSecret();
    private final Runnable whenReplicaEnded;
    private final Supplier<Collection<Long>> liveProcesses;
    private final TreeMap<ReplicaId, Replica> replicas = new TreeMap<>();
    private final List<Replica> waiting = new ArrayList<>();
    private final TreeMap<ReplicaKey, TreeMap<String, Integer>> ports = new TreeMap<>();
    private Placement placement = Placement.EMPTY;
    private Preparation preparation = Preparation.NOT_BEGUN;
    private @Nullable Thread preparer;
    private @Nullable Workspace workspace;
    private @Nullable PreparationException failure;
    private boolean abandoned;

    LocalAttempt(AttemptId id, Runnable whenReplicaEnded, Supplier<Collection<Long>> liveProcesses) {
        this.id = id;
        this.whenReplicaEnded = whenReplicaEnded;
        this.liveProcesses = liveProcesses;
    }

    private static String newSecret() {
        byte[] bytes = new byte[SECRET_BYTES];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** What only the replicas of this attempt know; it is in their environment and nowhere else. */
    String secret() {
        return secret;
    }

    synchronized void place(Placement place) {
        placement = place;
    }

    synchronized boolean hasPort(ReplicaKey key, String name) {
        return ports.getOrDefault(key, new TreeMap<>()).containsKey(name);
    }

    synchronized void addPort(ReplicaKey key, String name, int port) {
        ports.computeIfAbsent(key, unused -> new TreeMap<>()).put(name, port);
    }

    synchronized Reservation reservation() {
        return new Reservation(placement.replicas().stream()
                .map(slot -> new Reservation.Endpoint(
                        slot.key(), "127.0.0.1", ports.getOrDefault(slot.key(), new TreeMap<>())))
                .toList());
    }

    synchronized int port(ReplicaKey key, String name) {
        SortedMap<String, Integer> own = ports.getOrDefault(key, new TreeMap<>());
        return own.getOrDefault(name, 0);
    }

    synchronized List<Integer> ports() {
        return ports.values().stream().flatMap(own -> own.values().stream()).toList();
    }

    synchronized List<String> devices(ReplicaKey key) {
        return placement.slot(key).map(Placement.Slot::devices).orElse(List.of());
    }

    synchronized List<String> allDevices() {
        return placement.replicas().stream()
                .flatMap(slot -> slot.devices().stream())
                .distinct()
                .toList();
    }

    synchronized int count(String role) {
        return (int) placement.replicas().stream()
                .filter(slot -> slot.key().role().equals(role))
                .count();
    }

    /** Adds a replica unless it is there already. */
    synchronized boolean add(Replica replica) {
        return replicas.putIfAbsent(replica.id(), replica) == null;
    }

    synchronized boolean has(ReplicaId replica) {
        return replicas.containsKey(replica);
    }

    synchronized List<Replica> replicas() {
        return List.copyOf(replicas.values());
    }

    @Nullable
    synchronized Replica replica(ReplicaId replica) {
        return replicas.get(replica);
    }

    boolean isLive() {
        return replicas().stream().anyMatch(Replica::isLive);
    }

    Collection<Long> liveProcesses() {
        return liveProcesses.get();
    }

    void replicaEnded() {
        whenReplicaEnded.run();
    }

    /** Starts a replica as soon as the workspace is there, which the first one lets prepare. */
    void startWhenPrepared(Replica replica, JobShape job, Preparer how, Executor preparers, Executor starters) {
        boolean begins;
        synchronized (this) {
            if (preparation == Preparation.DONE) {
                starters.execute(() -> goOn(replica));
                return;
            }
            waiting.add(replica);
            begins = preparation == Preparation.NOT_BEGUN;
            if (begins) {
                preparation = Preparation.QUEUED;
            }
        }
        if (begins) {
            try {
                preparers.execute(() -> prepare(job, how, starters));
            } catch (RejectedExecutionException closed) {
                prepared(null, cancelled(), starters);
            }
        }
    }

    private void prepare(JobShape job, Preparer how, Executor starters) {
        synchronized (this) {
            if (preparation != Preparation.QUEUED) {
                return;
            }
            preparation = Preparation.RUNNING;
            preparer = Thread.currentThread();
        }
        announce("preparing code and environment");
        Workspace made = null;
        PreparationException trouble = null;
        try {
            made = how.prepare(id.job(), id, withItsRequirements(job), this::announce);
        } catch (PreparationException e) {
            trouble = e;
        } catch (RuntimeException e) {
            trouble = new PreparationException(
                    FailureClass.INFRASTRUCTURE, "PreparationFailed", "preparing failed unexpectedly: " + e);
        }
        synchronized (this) {
            preparer = null;
        }
        // A stop may have come too late to interrupt anything; the thread goes back clean.
        boolean interrupted = Thread.interrupted();
        prepared(made, interrupted && trouble == null && made == null ? cancelled() : trouble, starters);
    }

    /** Packages for GPUs have other names in some frameworks; by now it is known whether there are any. */
    private JobShape withItsRequirements(JobShape job) {
        JobEnvironment environment = job.environment();
        return environment.python().isEmpty()
                ? job
                : JobShape.builder()
                        .from(job)
                        .environment(JobEnvironment.builder()
                                .from(environment)
                                .python(environment
                                        .python()
                                        .get()
                                        .chosen(!allDevices().isEmpty()))
                                .build())
                        .build();
    }

    private static PreparationException cancelled() {
        return new PreparationException(FailureClass.INFRASTRUCTURE, "PreparationInterrupted", "stopped");
    }

    private void announce(String what) {
        List<Replica> told;
        synchronized (this) {
            told = List.copyOf(waiting);
        }
        told.forEach(replica -> replica.preparing(what));
    }

    private void prepared(@Nullable Workspace made, @Nullable PreparationException trouble, Executor starters) {
        List<Replica> now;
        boolean comesTooLate;
        synchronized (this) {
            preparation = Preparation.DONE;
            workspace = made;
            failure = trouble;
            now = List.copyOf(waiting);
            waiting.clear();
            comesTooLate = abandoned;
        }
        if (comesTooLate) {
            abandon();
        }
        for (Replica replica : now) {
            try {
                starters.execute(() -> goOn(replica));
            } catch (RejectedExecutionException closed) {
                replica.stoppedBeforeStart();
            }
        }
    }

    private void goOn(Replica replica) {
        Workspace made;
        PreparationException trouble;
        synchronized (this) {
            made = workspace;
            trouble = failure;
        }
        if (made != null) {
            replica.start(made);
        } else if (trouble != null) {
            replica.notStarted(trouble.failureClass(), trouble.reason(), String.valueOf(trouble.getMessage()));
        }
    }

    /** Ends what the workspace keeps for it, also when that is made only later; nothing of the attempt may be alive. */
    void abandon() {
        Workspace made;
        synchronized (this) {
            abandoned = true;
            made = workspace;
        }
        if (made != null) {
            made.pythonUse().close();
        }
    }

    /** After some replicas were told to stop: those that wait end now, unless all do; then the preparation ends. */
    void stopWaiting(Collection<Replica> stopped, Executor starters) {
        List<Replica> ending;
        boolean never;
        synchronized (this) {
            ending = waiting.stream().filter(stopped::contains).toList();
            if (ending.isEmpty()) {
                return;
            }
            boolean all = ending.size() == waiting.size();
            never = all && preparation == Preparation.QUEUED;
            Thread thread = preparer;
            if (all && thread != null) {
                // Their end is told when the preparation has ended, as it may have processes of its own.
                thread.interrupt();
                return;
            }
            if (all && !never) {
                return;
            }
            if (never) {
                preparation = Preparation.DONE;
            } else {
                waiting.removeAll(ending);
            }
        }
        if (never) {
            prepared(null, cancelled(), starters);
        } else {
            ending.forEach(Replica::stoppedBeforeStart);
        }
    }
}

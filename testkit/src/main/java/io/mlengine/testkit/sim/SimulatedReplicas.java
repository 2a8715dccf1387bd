package io.mlengine.testkit.sim;

import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.backend.OrderFailedException;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.StopOrder;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The lives of the replicas of a {@link SimulatedBackend}; what is on a silent node is not heard of. */
final class SimulatedReplicas {
    private final VirtualTime time;
    private final SimulatedLine line;
    private final FaultPlan faults;
    private final ReplicaScript.Author author;
    private final List<String> breaches;
    private final Set<String> silent = new TreeSet<>();
    private final Map<ReplicaId, SimulatedReplica> replicas = new TreeMap<>();
    private long launches;

    SimulatedReplicas(
            VirtualTime time,
            SimulatedLine line,
            FaultPlan faults,
            ReplicaScript.Author author,
            List<String> breaches) {
        this.time = time;
        this.line = line;
        this.faults = faults;
        this.author = author;
        this.breaches = breaches;
    }

    List<ReplicaId> alive() {
        return replicas.values().stream()
                .filter(replica -> replica.state.mayLive())
                .map(replica -> replica.id)
                .toList();
    }

    long launches() {
        return launches;
    }

    // Silence.

    /** Tells whether the node was heard of before. */
    boolean silence(String node) {
        return silent.add(node);
    }

    void hear(String node) {
        silent.remove(node);
    }

    boolean isSilent(String node) {
        return silent.contains(node);
    }

    /** Reports what lives on a node that has fallen silent as lost. */
    void lose(String node) {
        replicas.values().stream()
                .filter(replica -> replica.node.equals(node) && replica.state.mayLive())
                .forEach(replica -> line.send(replica.lostStatus()));
    }

    // Reports.

    /** Reports everything at once, as a backend does that starts. */
    void reportAll() {
        replicas.values().stream()
                .filter(replica -> !silent.contains(replica.node))
                .forEach(replica -> line.emit(new BackendEvent.ReplicaReported(replica.status())));
        replicas.values().stream()
                .filter(replica -> silent.contains(replica.node) && replica.state.mayLive())
                .forEach(replica -> line.emit(new BackendEvent.ReplicaReported(replica.lostStatus())));
    }

    /** Whole states are repeated, so a lost report only delays. */
    void resync() {
        replicas.values().stream()
                .filter(replica -> !silent.contains(replica.node))
                .forEach(replica -> {
                    replica.revision++;
                    line.send(replica.status());
                });
    }

    private void report(SimulatedReplica replica) {
        if (silent.contains(replica.node) || line.happens(faults.lostReports())) {
            return;
        }
        line.send(replica.status());
        if (line.happens(faults.doubledReports())) {
            line.send(replica.status());
        }
    }

    // Lives.

    void launch(ReplicaId id, Placement placement) {
        if (replicas.containsKey(id)) {
            return;
        }
        replicas.values().stream()
                .filter(other -> other.state.mayLive()
                        && other.id.attempt().job().equals(id.attempt().job()))
                .filter(other -> other.id.attempt().number() != id.attempt().number()
                        || other.id.key().equals(id.key()))
                .forEach(other -> breaches.add("started " + id + " while " + other.id + " may live"));
        Placement.Slot slot = placement
                .slot(id.key())
                .orElseThrow(() -> new OrderFailedException(
                        FailureClass.INFRASTRUCTURE, "NotReserved", "no place is reserved for " + id, null));
        launches++;
        SimulatedReplica replica = new SimulatedReplica(id, slot.node(), author.script(id));
        replicas.put(id, replica);
        replica.enter(ReplicaState.PREPARING);
        report(replica);
        time.schedule(replica.script.prepares(), () -> begin(replica));
    }

    private void begin(SimulatedReplica replica) {
        if (replica.state != ReplicaState.PREPARING) {
            return;
        }
        replica.started(time.instant());
        report(replica);
        time.schedule(replica.script.startsUp(), () -> {
            if (replica.state == ReplicaState.STARTED) {
                replica.enter(ReplicaState.READY);
                report(replica);
            }
        });
        replica.script
                .runs()
                .ifPresent(runs -> time.schedule(replica.script.startsUp().plus(runs), () -> {
                    if (replica.processLives()) {
                        replica.ended(replica.script.exit(), time.instant());
                        report(replica);
                    }
                }));
    }

    void end(ReplicaId replica, ExitStatus exit) {
        SimulatedReplica target = replicas.get(replica);
        if (target != null && target.processLives()) {
            target.ended(exit, time.instant());
            report(target);
        }
    }

    void stop(AttemptId attempt, Predicate<ReplicaId> who, StopOrder how) {
        replicas.values().stream()
                .filter(replica -> replica.id.attempt().equals(attempt))
                .filter(replica -> who.test(replica.id))
                .forEach(replica -> stop(replica, how));
    }

    private void stop(SimulatedReplica replica, StopOrder how) {
        switch (replica.state) {
            case PENDING, PREPARING -> {
                replica.neverStarted(FailureClass.INFRASTRUCTURE, "Stopped", time.instant());
                report(replica);
            }
            case STARTED, READY, STOPPING -> {
                replica.enter(ReplicaState.STOPPING);
                report(replica);
                boolean deaf = how.grace().isZero() || line.happens(faults.ignoredTerms());
                Duration dies = deaf ? how.grace() : line.millis(how.grace().toMillis());
                time.schedule(dies, () -> {
                    if (replica.processLives()) {
                        replica.ended(ExitStatus.ofSignal(deaf ? 9 : 15), time.instant());
                        report(replica);
                    }
                });
            }
            case SUCCEEDED, FAILED, LOST, GONE -> {}
        }
    }

    /** Notes what of an attempt lives while it is released. */
    void released(AttemptId attempt) {
        replicas.values().stream()
                .filter(replica -> replica.id.attempt().equals(attempt) && replica.state.mayLive())
                .forEach(replica -> breaches.add("released while alive: " + replica.id));
    }

    void remove(JobId job) {
        if (alive().stream().anyMatch(id -> id.attempt().job().equals(job))) {
            breaches.add("removed while alive: " + job);
        }
        replicas.keySet().removeIf(id -> id.attempt().job().equals(job));
    }
}

package io.mlengine.testkit.sim;

import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.backend.Cleanup;
import io.mlengine.spi.backend.ComputeBackend;
import io.mlengine.spi.backend.ExternalPlaces;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.backend.LogCursor;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.backend.OrderFailedException;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.backend.ReserveOrder;
import io.mlengine.spi.backend.StopOrder;
import io.mlengine.spi.backend.Traits;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.function.Consumer;

/**
 * A backend without processes: replicas follow scripts in virtual time, orders and reports take a random while, get
 * lost, come twice or out of order as the fault plan says. It watches what it is told to do and remembers every breach
 * of the rules that no engine may break: two holders of one device, two attempts of one job alive at once, a release of
 * something that lives. Not thread-safe.
 */
public final class SimulatedBackend implements ComputeBackend, ExternalPlaces {
    private static final Duration RESYNC = Duration.ofSeconds(20);

    private final VirtualTime time;
    private final FaultPlan faults;
    private final List<Node> nodes;
    private final List<String> breaches = new ArrayList<>();
    private final SimulatedLine line;
    private final SimulatedClaims claims = new SimulatedClaims(breaches);
    private final SimulatedReplicas replicas;
    private final SimulatedGangs gangs;
    private boolean started;

    /**
     * Makes a backend.
     *
     * @param time the simulation's time
     * @param random decides delays and faults
     * @param faults how unkind the world is
     * @param nodes the machines
     * @param author decides what replicas do
     */
    public SimulatedBackend(
            VirtualTime time,
            SplittableRandom random,
            FaultPlan faults,
            List<Node> nodes,
            ReplicaScript.Author author) {
        this.time = time;
        this.faults = faults;
        this.nodes = List.copyOf(nodes);
        this.line = new SimulatedLine(time, random, faults);
        this.replicas = new SimulatedReplicas(time, line, faults, author, breaches);
        this.gangs = new SimulatedGangs(line::laterDo, line::emit);
    }

    /**
     * Rules that the engine broke.
     *
     * @return one sentence a breach, empty for a sound engine
     */
    public List<String> breaches() {
        return breaches;
    }

    /**
     * The gangs of others in this world.
     *
     * @return the gangs
     */
    public SimulatedGangs gangs() {
        return gangs;
    }

    /**
     * Nodes on which jobs and gangs of others hold more GPUs than there are.
     *
     * @return their names, empty for a sound engine
     */
    public List<String> crowded() {
        return nodes.stream()
                .filter(node -> claims.gpusOn(node.name()) + gangs.gpusOn(node.name())
                        > node.devices().size())
                .map(Node::name)
                .toList();
    }

    /**
     * Replicas that may be alive.
     *
     * @return their ids
     */
    public List<ReplicaId> alive() {
        return replicas.alive();
    }

    /**
     * Attempts that hold devices or ports.
     *
     * @return their ids
     */
    public Set<AttemptId> reserved() {
        return claims.reserved();
    }

    /**
     * Number of replicas ordered to start so far.
     *
     * @return the number
     */
    public long launches() {
        return replicas.launches();
    }

    // Faults that a test asks for by name.

    /**
     * Makes a node fall silent; its replicas go on unseen.
     *
     * @param node the node's name
     * @param outage how long
     */
    public void silence(String node, Duration outage) {
        if (replicas.silence(node)) {
            reportNodes();
            replicas.lose(node);
            time.schedule(outage, () -> {
                replicas.hear(node);
                reportNodes();
                replicas.resync();
            });
        }
    }

    /**
     * Ends a replica at once.
     *
     * @param replica which start
     * @param exit how it ends
     */
    public void end(ReplicaId replica, ExitStatus exit) {
        replicas.end(replica, exit);
    }

    // The backend.

    @Override
    public Traits traits() {
        return new Traits("simulated", false, true, true, false, false);
    }

    @Override
    public void start(Consumer<BackendEvent> newSink) {
        claims.restarted();
        line.connect(newSink, this::reportAll);
        if (!started) {
            started = true;
            time.schedule(RESYNC, this::resyncForEver);
            time.schedule(Duration.ofMinutes(1), this::loseNodesForEver);
        }
    }

    private void reportAll() {
        reportNodes();
        replicas.reportAll();
        gangs.reportAll();
        line.emit(new BackendEvent.Synced());
    }

    @Override
    public CompletionStage<Reservation> reserve(ReserveOrder order, Fence fence) {
        return line.later(fence, () -> {
            if (line.happens(faults.failedReserves())) {
                throw new OrderFailedException(FailureClass.INFRASTRUCTURE, "ReserveRefused", "simulated", null);
            }
            return claims.reserve(order);
        });
    }

    @Override
    public CompletionStage<Void> launch(LaunchOrder order, Fence fence) {
        return line.laterDo(fence, () -> {
            if (line.happens(faults.failedLaunches())) {
                throw launchRefused(order.attempt());
            }
            Placement placement = claims.known(order.attempt());
            order.replicas().forEach(start -> replicas.launch(start.id(), placement));
        });
    }

    /** Each third attempt meets a quota, for which no budget pays. */
    private static OrderFailedException launchRefused(AttemptId attempt) {
        return attempt.number() % 3 == 0
                ? new OrderFailedException(FailureClass.QUOTA, "QuotaExceeded", "simulated", null)
                : new OrderFailedException(FailureClass.INFRASTRUCTURE, "LaunchRefused", "simulated", null);
    }

    @Override
    public CompletionStage<Void> stop(AttemptId attempt, Set<ReplicaId> who, StopOrder how, Fence fence) {
        return line.laterDo(fence, () -> replicas.stop(attempt, id -> who.isEmpty() || who.contains(id), how));
    }

    @Override
    public CompletionStage<Void> release(AttemptId attempt, Cleanup cleanup, Fence fence) {
        return line.laterDo(fence, () -> {
            replicas.released(attempt);
            claims.release(attempt);
        });
    }

    @Override
    public CompletionStage<Void> remove(JobId job, Fence fence) {
        return line.laterDo(fence, () -> replicas.remove(job));
    }

    @Override
    public CompletionStage<Void> place(JobId gang, SortedMap<String, String> places, Fence fence) {
        return gangs.place(gang, places, fence);
    }

    @Override
    public CompletionStage<Void> evict(JobId gang, String reason, Fence fence) {
        return gangs.evict(gang, reason, fence);
    }

    @Override
    public CompletionStage<Void> retreat(JobId gang, String reason, Fence fence) {
        return gangs.retreat(gang, reason, fence);
    }

    @Override
    public void waits(JobId gang, String reason, Fence fence) {
        gangs.waits(gang, reason, fence);
    }

    @Override
    public Flow.Publisher<LogLine> logs(ReplicaId replica, LogCursor from, boolean follow) {
        return subscriber -> {
            SubmissionPublisher<LogLine> empty = new SubmissionPublisher<>(Runnable::run, 1);
            empty.subscribe(subscriber);
            empty.close();
        };
    }

    @Override
    public void close() {
        line.disconnect();
    }

    private void reportNodes() {
        line.emit(new BackendEvent.NodesReported(nodes.stream()
                .map(node -> replicas.isSilent(node.name())
                        ? Node.builder().from(node).schedulable(false).build()
                        : node)
                .toList()));
    }

    private void resyncForEver() {
        replicas.resync();
        time.schedule(RESYNC, this::resyncForEver);
    }

    private void loseNodesForEver() {
        for (Node node : nodes) {
            if (line.happens(faults.nodeLosses())) {
                silence(node.name(), line.millis(faults.nodeOutage().toMillis()));
            }
        }
        time.schedule(Duration.ofMinutes(1), this::loseNodesForEver);
    }
}

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
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.backend.ReserveOrder;
import io.mlengine.spi.backend.StopOrder;
import io.mlengine.spi.backend.Traits;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.FailureClass;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A backend without processes: replicas follow scripts in virtual time, orders and reports take a random while, get
 * lost, come twice or out of order as the fault plan says. It watches what it is told to do and remembers every breach
 * of the rules that no engine may break: two holders of one device, two attempts of one job alive at once, a release of
 * something that lives. Not thread-safe.
 */
public final class SimulatedBackend implements ComputeBackend, ExternalPlaces {
    private static final Duration RESYNC = Duration.ofSeconds(20);

    private final VirtualTime time;
    private final SplittableRandom random;
    private final FaultPlan faults;
    private final ReplicaScript.Author author;
    private final List<Node> nodes;
    private final Set<String> silent = new TreeSet<>();
    private final Map<AttemptId, Placement> reservations = new TreeMap<>();
    private final Map<AttemptId, Map<ReplicaKey, SortedPorts>> ports = new TreeMap<>();
    private final Map<ReplicaId, SimulatedReplica> replicas = new TreeMap<>();
    private final Set<AttemptId> released = new TreeSet<>();
    // A backend that is restarted with its engine knows only what is reserved again.
    private final Set<AttemptId> remembered = new TreeSet<>();
    private final List<String> breaches = new ArrayList<>();
    private final SimulatedGangs gangs = new SimulatedGangs(this::laterDo, this::emit);
    private @Nullable Consumer<BackendEvent> sink;
    private @Nullable Fence newest;
    private int nextPort = 20_000;
    private long launches;
    private boolean started;

    private static final SortedPorts NO_PORTS = new SortedPorts(new TreeMap<>());

    private record SortedPorts(TreeMap<String, Integer> byName) {}

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
        this.random = random;
        this.faults = faults;
        this.nodes = List.copyOf(nodes);
        this.author = author;
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
                .filter(node -> gpusOfJobs(node.name()) + gangs.gpusOn(node.name())
                        > node.devices().size())
                .map(Node::name)
                .toList();
    }

    private int gpusOfJobs(String node) {
        return reservations.values().stream()
                .flatMap(placement -> placement.replicas().stream())
                .filter(slot -> slot.node().equals(node))
                .mapToInt(slot -> slot.devices().size())
                .sum();
    }

    /**
     * Replicas that may be alive.
     *
     * @return their ids
     */
    public List<ReplicaId> alive() {
        return replicas.values().stream()
                .filter(replica -> replica.state.mayLive())
                .map(replica -> replica.id)
                .toList();
    }

    /**
     * Attempts that hold devices or ports.
     *
     * @return their ids
     */
    public Set<AttemptId> reserved() {
        return Set.copyOf(reservations.keySet());
    }

    /**
     * Number of replicas ordered to start so far.
     *
     * @return the number
     */
    public long launches() {
        return launches;
    }

    // Faults that a test asks for by name.

    /**
     * Makes a node fall silent; its replicas go on unseen.
     *
     * @param node the node's name
     * @param outage how long
     */
    public void silence(String node, Duration outage) {
        if (silent.add(node)) {
            reportNodes();
            replicas.values().stream()
                    .filter(replica -> replica.node.equals(node) && replica.state.mayLive())
                    .forEach(replica -> send(replica.lostStatus()));
            time.schedule(outage, () -> {
                silent.remove(node);
                reportNodes();
                resync();
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
        SimulatedReplica target = replicas.get(replica);
        if (target != null && target.processLives()) {
            target.ended(exit, time.instant());
            report(target);
        }
    }

    // The backend.

    @Override
    public Traits traits() {
        return new Traits("simulated", false, true, true, false, false);
    }

    @Override
    public void start(Consumer<BackendEvent> newSink) {
        remembered.clear();
        sink = newSink;
        reportNodes();
        replicas.values().stream()
                .filter(replica -> !silent.contains(replica.node))
                .forEach(replica -> emit(new BackendEvent.ReplicaReported(replica.status())));
        replicas.values().stream()
                .filter(replica -> silent.contains(replica.node) && replica.state.mayLive())
                .forEach(replica -> emit(new BackendEvent.ReplicaReported(replica.lostStatus())));
        gangs.reportAll();
        emit(new BackendEvent.Synced());
        if (!started) {
            started = true;
            time.schedule(RESYNC, this::resyncForEver);
            time.schedule(Duration.ofMinutes(1), this::loseNodesForEver);
        }
    }

    @Override
    public CompletionStage<Reservation> reserve(ReserveOrder order, Fence fence) {
        return later(fence, () -> {
            if (happens(faults.failedReserves())) {
                throw new OrderFailedException(FailureClass.INFRASTRUCTURE, "ReserveRefused", "simulated", null);
            }
            if (released.contains(order.attempt())) {
                breaches.add("reserve after release: " + order.attempt());
            }
            claim(order);
            return new Reservation(order.placement().replicas().stream()
                    .map(slot -> new Reservation.Endpoint(
                            slot.key(),
                            slot.node(),
                            ports.getOrDefault(order.attempt(), Map.of())
                                    .getOrDefault(slot.key(), NO_PORTS)
                                    .byName()))
                    .toList());
        });
    }

    private void claim(ReserveOrder order) {
        Set<String> wanted = devices(order.placement());
        reservations.forEach((attempt, placement) -> {
            if (!attempt.equals(order.attempt())) {
                if (attempt.job().equals(order.attempt().job())) {
                    breaches.add("two attempts of one job hold reservations: " + attempt + " and " + order.attempt());
                }
                for (String device : devices(placement)) {
                    if (wanted.contains(device)) {
                        breaches.add("device " + device + " is held by " + attempt + " and " + order.attempt());
                        throw new OrderFailedException(
                                FailureClass.INFRASTRUCTURE, "DeviceTaken", device + " is held by " + attempt, null);
                    }
                }
            }
        });
        reservations.put(order.attempt(), order.placement());
        remembered.add(order.attempt());
        Map<ReplicaKey, SortedPorts> leased = ports.computeIfAbsent(order.attempt(), unused -> new TreeMap<>());
        for (Placement.Slot slot : order.placement().replicas()) {
            SortedPorts own = leased.computeIfAbsent(slot.key(), unused -> new SortedPorts(new TreeMap<>()));
            for (Needs.Port need : order.needs().ports()) {
                if (need.replica().equals(slot.key())) {
                    own.byName().computeIfAbsent(need.name(), unused -> nextPort++);
                }
            }
        }
    }

    private static Set<String> devices(Placement placement) {
        Set<String> ids = new TreeSet<>();
        placement.replicas().forEach(slot -> slot.devices().forEach(device -> ids.add(slot.node() + "/" + device)));
        return ids;
    }

    @Override
    public CompletionStage<Void> launch(LaunchOrder order, Fence fence) {
        return laterDo(fence, () -> {
            if (happens(faults.failedLaunches())) {
                throw launchRefused(order.attempt());
            }
            Placement placement = reservations.get(order.attempt());
            if (placement == null || !remembered.contains(order.attempt())) {
                throw new OrderFailedException(
                        FailureClass.INFRASTRUCTURE, "NotReserved", "nothing is reserved for " + order.attempt(), null);
            }
            for (LaunchOrder.Start start : order.replicas()) {
                launch(start.id(), placement);
            }
        });
    }

    /** Each third attempt meets a quota, for which no budget pays. */
    private static OrderFailedException launchRefused(AttemptId attempt) {
        return attempt.number() % 3 == 0
                ? new OrderFailedException(FailureClass.QUOTA, "QuotaExceeded", "simulated", null)
                : new OrderFailedException(FailureClass.INFRASTRUCTURE, "LaunchRefused", "simulated", null);
    }

    private void launch(ReplicaId id, Placement placement) {
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

    @Override
    public CompletionStage<Void> stop(AttemptId attempt, Set<ReplicaId> who, StopOrder how, Fence fence) {
        return laterDo(fence, () -> {
            replicas.values().stream()
                    .filter(replica -> replica.id.attempt().equals(attempt))
                    .filter(replica -> who.isEmpty() || who.contains(replica.id))
                    .forEach(replica -> stop(replica, how));
        });
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
                boolean deaf = how.grace().isZero() || happens(faults.ignoredTerms());
                Duration dies = deaf ? how.grace() : millis(how.grace().toMillis());
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

    @Override
    public CompletionStage<Void> release(AttemptId attempt, Cleanup cleanup, Fence fence) {
        return laterDo(fence, () -> {
            replicas.values().stream()
                    .filter(replica -> replica.id.attempt().equals(attempt) && replica.state.mayLive())
                    .forEach(replica -> breaches.add("released while alive: " + replica.id));
            reservations.remove(attempt);
            ports.remove(attempt);
            released.add(attempt);
        });
    }

    @Override
    public CompletionStage<Void> remove(JobId job, Fence fence) {
        return laterDo(fence, () -> {
            if (alive().stream().anyMatch(id -> id.attempt().job().equals(job))) {
                breaches.add("removed while alive: " + job);
            }
            replicas.keySet().removeIf(id -> id.attempt().job().equals(job));
        });
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
        sink = null;
    }

    // Delays and losses.

    private interface Order<T> {
        T carryOut();
    }

    private CompletionStage<Void> laterDo(Fence fence, Runnable order) {
        return later(fence, () -> {
                    order.run();
                    return fence;
                })
                .thenAccept(unused -> {});
    }

    private <T> CompletionStage<T> later(Fence fence, Order<T> order) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        time.schedule(millis(faults.latency().toMillis()), () -> {
            Fence seen = newest;
            if (seen != null && fence.token() < seen.token()) {
                answer.completeExceptionally(new OrderFailedException(
                        FailureClass.INFRASTRUCTURE, "Fenced", "a newer engine is in charge", null));
                return;
            }
            newest = fence;
            try {
                T result = order.carryOut();
                time.schedule(millis(faults.latency().toMillis()), () -> answer.complete(result));
            } catch (OrderFailedException e) {
                time.schedule(millis(faults.latency().toMillis()), () -> answer.completeExceptionally(e));
            }
        });
        return answer;
    }

    private void report(SimulatedReplica replica) {
        if (silent.contains(replica.node) || happens(faults.lostReports())) {
            return;
        }
        send(replica.status());
        if (happens(faults.doubledReports())) {
            send(replica.status());
        }
    }

    private void send(ReplicaStatus status) {
        time.schedule(millis(faults.latency().toMillis()), () -> emit(new BackendEvent.ReplicaReported(status)));
    }

    private void emit(BackendEvent event) {
        Consumer<BackendEvent> current = sink;
        if (current != null) {
            current.accept(event);
        }
    }

    private void reportNodes() {
        emit(new BackendEvent.NodesReported(nodes.stream()
                .map(node -> silent.contains(node.name())
                        ? Node.builder().from(node).schedulable(false).build()
                        : node)
                .toList()));
    }

    private void resyncForEver() {
        resync();
        time.schedule(RESYNC, this::resyncForEver);
    }

    /** Whole states are repeated, so a lost report only delays. */
    private void resync() {
        replicas.values().stream()
                .filter(replica -> !silent.contains(replica.node))
                .forEach(replica -> {
                    replica.revision++;
                    send(replica.status());
                });
    }

    private void loseNodesForEver() {
        for (Node node : nodes) {
            if (happens(faults.nodeLosses())) {
                silence(node.name(), millis(faults.nodeOutage().toMillis()));
            }
        }
        time.schedule(Duration.ofMinutes(1), this::loseNodesForEver);
    }

    private boolean happens(int perMille) {
        return perMille > 0 && random.nextInt(1000) < perMille;
    }

    private Duration millis(long most) {
        return Duration.ofMillis(most <= 0 ? 0 : random.nextLong(most + 1));
    }
}

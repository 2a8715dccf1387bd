package io.mlengine.testkit.contract;

import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.backend.ComputeBackend;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.backend.LogCursor;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.backend.ReserveOrder;
import io.mlengine.spi.backend.StopOrder;
import io.mlengine.spi.backend.StopReason;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.Device;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Node;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Gives a backend orders as the engine does, and remembers what it reports. */
final class BackendDriver {
    static final Fence OLDER = new Fence("older", 1);
    static final Fence FENCE = new Fence("contract", 2);
    static final String NOTE = "written by the plan";
    static final StopOrder STOP = new StopOrder(Duration.ofMillis(500), StopReason.CANCELLED);

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration STEP = Duration.ofMillis(10);
    private static final String ROLE = "worker";

    private final ComputeBackendContract contract;
    private final List<BackendEvent> events = new CopyOnWriteArrayList<>();
    private final List<ReplicaId> endedAlive = new CopyOnWriteArrayList<>();
    private @Nullable ComputeBackend backend;

    BackendDriver(ComputeBackendContract contract) {
        this.contract = contract;
    }

    void start(ComputeBackend created) {
        backend = created;
        created.start(this::take);
        await("synced", () -> events.stream().anyMatch(event -> event.kind() == BackendEvent.Kind.SYNCED));
    }

    private void take(BackendEvent event) {
        if (event instanceof BackendEvent.ReplicaReported report
                && !report.status().state().mayLive()
                && contract.isAlive(report.status().id())) {
            endedAlive.add(report.status().id());
        }
        events.add(event);
    }

    ComputeBackend backend() {
        ComputeBackend current = backend;
        if (current == null) {
            throw new IllegalStateException("not started");
        }
        return current;
    }

    List<BackendEvent> events() {
        return List.copyOf(events);
    }

    /** Replicas whose end was told while something of them was alive. */
    List<ReplicaId> endedAlive() {
        return endedAlive;
    }

    AttemptId attempt(String job) {
        return new AttemptId(contract.jobId(job), 1);
    }

    private Node node() {
        return events.stream()
                .filter(BackendEvent.NodesReported.class::isInstance)
                .flatMap(event -> ((BackendEvent.NodesReported) event).nodes().stream())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no node was reported"));
    }

    /** The devices of the node that replicas are placed on. */
    List<String> devices() {
        return node().devices().stream().map(Device::id).toList();
    }

    private static JobShape shape(AttemptId attempt, int replicas) {
        return JobShape.builder()
                .name(attempt.job().value())
                .framework(FrameworkName.of("contract"))
                .addRole(Role.named(ROLE).replicas(replicas).image("contract").build())
                .build();
    }

    ReserveOrder order(AttemptId attempt, int replicas, List<String> devices, String... ports) {
        Placement placement = new Placement(IntStream.range(0, replicas)
                .mapToObj(index -> new Placement.Slot(
                        new ReplicaKey(ROLE, index), node().name(), index == 0 ? devices : List.of()))
                .toList());
        Needs needs = new Needs(IntStream.range(0, replicas)
                .boxed()
                .flatMap(index -> Stream.of(ports).map(port -> new Needs.Port(new ReplicaKey(ROLE, index), port, 1)))
                .toList());
        return new ReserveOrder(attempt, shape(attempt, replicas), placement, needs);
    }

    Reservation reserve(AttemptId attempt, int replicas, String... ports) {
        return done(backend().reserve(order(attempt, replicas, List.of(), ports), FENCE));
    }

    void reserveDevices(AttemptId attempt, List<String> devices) {
        done(backend().reserve(order(attempt, 1, devices), FENCE));
    }

    LaunchOrder launchOrder(ReplicaId replica, ComputeBackendContract.Behaviour behaviour) {
        PlanFile note = new PlanFile("notes/one.txt", NOTE + "\n", false);
        ReplicaPlan.Builder plan =
                ReplicaPlan.builder().key(replica.key()).command(contract.command(replica, behaviour));
        if (behaviour == ComputeBackendContract.Behaviour.SHOWS) {
            plan.addFiles(note).addCommand(note.reference()).env("PLANNED", note.reference());
        }
        return new LaunchOrder(
                replica.attempt(),
                shape(replica.attempt(), 1),
                List.of(new LaunchOrder.Start(replica, plan.build())),
                STOP.grace());
    }

    void launch(ReplicaId replica, ComputeBackendContract.Behaviour behaviour) {
        done(backend().launch(launchOrder(replica, behaviour), FENCE));
    }

    /** Reserves and starts one replica. */
    ReplicaId run(String job, ComputeBackendContract.Behaviour behaviour) {
        AttemptId attempt = attempt(job);
        reserve(attempt, 1);
        ReplicaId replica = new ReplicaId(attempt, ROLE, 0, 0);
        launch(replica, behaviour);
        return replica;
    }

    void stop(AttemptId attempt, Set<ReplicaId> who) {
        done(backend().stop(attempt, who, STOP, FENCE));
    }

    List<ReplicaStatus> statuses(ReplicaId replica) {
        return events.stream()
                .filter(BackendEvent.ReplicaReported.class::isInstance)
                .map(event -> ((BackendEvent.ReplicaReported) event).status())
                .filter(status -> status.id().equals(replica))
                .toList();
    }

    private Optional<ReplicaStatus> found(ReplicaId replica) {
        return statuses(replica).stream().max(Comparator.comparingLong(ReplicaStatus::revision));
    }

    /** The state with the highest revision, which is the one that counts. */
    ReplicaStatus newest(ReplicaId replica) {
        return found(replica).orElseThrow();
    }

    ReplicaStatus awaitState(ReplicaId replica, ReplicaState state) {
        await(
                replica + " is " + state,
                () -> found(replica).map(status -> status.state() == state).orElse(false));
        return newest(replica);
    }

    ReplicaStatus awaitEnd(ReplicaId replica) {
        await(
                replica + " has ended",
                () -> found(replica).map(status -> !status.state().mayLive()).orElse(false));
        return newest(replica);
    }

    /** Waits for an order and gives its result; fails as the order fails. */
    <T> T done(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        await("the order is carried out", future::isDone);
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Reads output to its end. */
    List<LogLine> lines(ReplicaId replica, LogCursor from, boolean follow) {
        List<LogLine> lines = new ArrayList<>();
        CompletableFuture<List<LogLine>> all = new CompletableFuture<>();
        backend().logs(replica, from, follow).subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(LogLine line) {
                lines.add(line);
            }

            @Override
            public void onError(Throwable error) {
                all.completeExceptionally(error);
            }

            @Override
            public void onComplete() {
                all.complete(lines);
            }
        });
        return done(all);
    }

    private void await(String what, BooleanSupplier condition) {
        Duration waited = Duration.ZERO;
        while (!condition.getAsBoolean()) {
            if (waited.compareTo(PATIENCE) > 0) {
                throw new AssertionError("never: " + what + "; reported were " + events);
            }
            contract.letTimePass(STEP);
            waited = waited.plus(STEP);
        }
    }
}

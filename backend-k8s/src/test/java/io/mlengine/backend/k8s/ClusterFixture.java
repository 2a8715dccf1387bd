package io.mlengine.backend.k8s;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.cluster.ClusterSettings;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.FakeKubelet;
import io.mlengine.backend.k8s.testing.FakeNodes;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodScript;
import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.backend.Reservation;
import io.mlengine.spi.backend.ReserveOrder;
import io.mlengine.spi.backend.StopOrder;
import io.mlengine.spi.backend.StopReason;
import io.mlengine.spi.framework.LogRule;
import io.mlengine.spi.framework.Needs;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.CodeSource;
import io.mlengine.spi.model.FrameworkName;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Placement;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** One backend at a real API server with nodes that pretend, and what it has reported. */
final class ClusterFixture implements AutoCloseable {
    static final Fence FENCE = new Fence("test", 1);

    final KubernetesServer server;
    final String namespace;
    final TestOwners owners;
    final FakeNodes nodes;
    final FakeKubelet kubelet;
    private final List<BackendEvent> events = new CopyOnWriteArrayList<>();
    private KubernetesClient client;
    private KubernetesBackend backend;
    private List<String> nodeNames = List.of();
    private Optional<CodeSource> code = Optional.empty();

    ClusterFixture(KubernetesServer server, Function<Pod, PodScript> scripts) {
        this.server = server;
        namespace = server.newNamespace();
        owners = new TestOwners(server.client(), namespace);
        nodes = new FakeNodes(server.client());
        kubelet = FakeKubelet.start(server, nodes, scripts);
        client = newClient(server);
        backend = create(client, ClusterSettings.builder().build());
    }

    private static KubernetesClient newClient(KubernetesServer server) {
        return server.newClient(config -> config.withRequestRetryBackoffLimit(0));
    }

    private KubernetesBackend create(KubernetesClient with, ClusterSettings settings) {
        return KubernetesBackend.create(
                KubernetesConfig.builder().client(with).settings(settings).build(), owners);
    }

    /** Where the code of all jobs comes from, from now on. */
    void code(CodeSource source) {
        code = Optional.of(source);
    }

    List<String> addNodes(int count) {
        return addNodes(count, node -> node);
    }

    List<String> addNodes(int count, UnaryOperator<NodeBuilder> settings) {
        nodeNames = nodes.add(count, 8, settings);
        return nodeNames;
    }

    void start(ClusterSettings settings) {
        start(client, settings);
    }

    /** Starts a backend that uses this client; the fixture closes both. */
    void start(KubernetesClient with, ClusterSettings settings) {
        if (with != client) {
            client.close();
            client = with;
        }
        backend = create(client, settings);
        backend.start(events::add);
        await("synced", event -> event.kind() == BackendEvent.Kind.SYNCED);
    }

    /** As if the process had died: another backend begins, with a client of its own, and knows nothing. */
    void restart(ClusterSettings settings) {
        backend.close();
        client.close();
        events.clear();
        start(newClient(server), settings);
    }

    KubernetesBackend backend() {
        return backend;
    }

    List<BackendEvent> events() {
        return List.copyOf(events);
    }

    AttemptId attempt(String job) {
        return new AttemptId(owners.job(job), 1);
    }

    static ReplicaId replica(AttemptId attempt, int index) {
        return new ReplicaId(attempt, "worker", index, 0);
    }

    Reservation reserve(AttemptId attempt, int replicas) {
        Placement placement = new Placement(IntStream.range(0, replicas)
                .mapToObj(index -> new Placement.Slot(
                        new ReplicaKey("worker", index), nodeNames.get(index % nodeNames.size()), List.of()))
                .toList());
        return backend.reserve(new ReserveOrder(attempt, shape(attempt, replicas), placement, Needs.NONE), FENCE)
                .toCompletableFuture()
                .join();
    }

    CompletableFuture<Void> launch(AttemptId attempt, int replicas) {
        return launch(attempt, replicas, List.of());
    }

    CompletableFuture<Void> launch(AttemptId attempt, int replicas, List<LogRule> rules) {
        List<LaunchOrder.Start> starts = IntStream.range(0, replicas)
                .mapToObj(index -> new LaunchOrder.Start(
                        replica(attempt, index),
                        ReplicaPlan.builder()
                                .key(new ReplicaKey("worker", index))
                                .addCommand("train")
                                .logRules(rules)
                                .build()))
                .toList();
        LaunchOrder order = new LaunchOrder(attempt, shape(attempt, replicas), starts, Duration.ofSeconds(1));
        return backend.launch(order, FENCE).toCompletableFuture();
    }

    void stop(AttemptId attempt) {
        backend.stop(attempt, Set.of(), new StopOrder(Duration.ofSeconds(1), StopReason.CANCELLED), FENCE)
                .toCompletableFuture()
                .join();
    }

    private JobShape shape(AttemptId attempt, int replicas) {
        return JobShape.builder()
                .name(owners.owner(attempt.job()).name())
                .namespace(namespace)
                .framework(FrameworkName.of("command"))
                .addRole(Role.named("worker").replicas(replicas).image("image").build())
                .code(code)
                .build();
    }

    BackendEvent await(String what, Predicate<BackendEvent> condition) {
        return Await.until(
                what + "; reported were " + events,
                () -> events.stream().filter(condition).findFirst());
    }

    Optional<ReplicaStatus> newest(ReplicaId replica) {
        return events.stream()
                .filter(BackendEvent.ReplicaReported.class::isInstance)
                .map(event -> ((BackendEvent.ReplicaReported) event).status())
                .filter(status -> status.id().equals(replica))
                .reduce((earlier, later) -> later);
    }

    ReplicaStatus await(ReplicaId replica, Predicate<ReplicaStatus> condition) {
        return Await.until(replica + " is as expected", () -> newest(replica).filter(condition));
    }

    List<Pod> pods() {
        return server.client().pods().inNamespace(namespace).list().getItems();
    }

    @Override
    public void close() {
        backend.close();
        client.close();
        kubelet.close();
        nodes.close();
    }
}

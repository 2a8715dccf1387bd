package io.mlengine.backend.k8s.operator;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.Definitions;
import io.mlengine.backend.k8s.testing.FakeKubelet;
import io.mlengine.backend.k8s.testing.FakeNodes;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodScript;
import io.mlengine.core.time.SystemClock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** An engine that places pods of others on nodes that pretend, in a namespace of its own. */
final class GangCluster implements AutoCloseable {
    private static final int CREATORS = 8;

    final KubernetesServer server = KubernetesServer.shared();
    final KubernetesClient client = server.client();
    final FakeNodes nodes = new FakeNodes(client);
    final FakeKubelet kubelet = FakeKubelet.start(server, nodes, pod -> PodScript.runsUntilDeleted());
    final String namespace;
    private final SystemClock clock = new SystemClock();
    private final ExecutorService creators = Executors.newFixedThreadPool(CREATORS);
    private @Nullable RunningEngine engine;

    GangCluster() {
        Definitions.install(client);
        namespace = server.newNamespace();
    }

    void startEngine() {
        startEngine(client.getConfiguration());
    }

    void startEngine(Config config) {
        engine = new ClusterEngines(
                        config,
                        Set.of(namespace),
                        PodConfig.DEFAULT,
                        clock,
                        builder -> builder.plugin(new PlainPlugin()),
                        running -> () -> {})
                .start(1, Leadership.always(1));
    }

    void stopEngine() {
        if (engine != null) {
            engine.close();
            engine = null;
        }
    }

    /** A pod with one GPU that names our scheduler. */
    PodBuilder pod(String name) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withSchedulerName("mlengine")
                .withTerminationGracePeriodSeconds(1L)
                .addNewContainer()
                .withName("main")
                .withImage("localhost/work:1")
                .withNewResources()
                .addToLimits(FakeNodes.GPU, new Quantity("1"))
                .endResources()
                .endContainer()
                .endSpec();
    }

    PodBuilder member(String gang, int index, int size) {
        return pod(gang + "-" + index)
                .editMetadata()
                .addToLabels("mlengine.io/gang", gang)
                .addToAnnotations("mlengine.io/gang-size", Integer.toString(size))
                .endMetadata();
    }

    /** Makes the pods of gangs in turns, so that they come at the same time. */
    void createInterleaved(int size, UnaryOperator<PodBuilder> settings, String... gangs) {
        for (int i = 0; i < size; i++) {
            for (String gang : gangs) {
                Pod pod = settings.apply(member(gang, i, size)).build();
                creators.execute(() -> client.resource(pod).create());
            }
        }
    }

    Pod create(PodBuilder pod) {
        return client.resource(pod.build()).create();
    }

    List<Pod> pods() {
        return client.pods().inNamespace(namespace).list().getItems();
    }

    List<Pod> pods(String gang) {
        return client.pods()
                .inNamespace(namespace)
                .withLabel("mlengine.io/gang", gang)
                .list()
                .getItems();
    }

    long bound(String gang) {
        return pods(gang).stream()
                .filter(pod -> pod.getSpec().getNodeName() != null)
                .count();
    }

    void delete(String gang) {
        pods(gang).forEach(pod -> client.resource(pod).delete());
    }

    static Optional<PodCondition> scheduled(Pod pod) {
        return pod.getStatus().getConditions().stream()
                .filter(condition -> "PodScheduled".equals(condition.getType()))
                .findFirst();
    }

    Optional<String> reason(String pod) {
        return Optional.ofNullable(
                        client.pods().inNamespace(namespace).withName(pod).get())
                .flatMap(GangCluster::scheduled)
                .filter(condition -> "False".equals(condition.getStatus()))
                .map(condition -> condition.getReason() + ": " + condition.getMessage());
    }

    void awaitReason(String pod, String beginning) {
        AtomicReference<String> last = new AtomicReference<>("");
        try {
            Await.until(
                    pod + " waits",
                    () -> reason(pod).filter(text -> {
                        last.set(text);
                        return text.startsWith(beginning);
                    }));
        } catch (AssertionError e) {
            throw new AssertionError(pod + " says: " + last.get(), e);
        }
    }

    @Override
    public void close() {
        stopEngine();
        // What is made after the others were deleted would take the nodes of the next test.
        creators.shutdown();
        Await.until("all pods are made", creators::isTerminated);
        pods().forEach(pod -> client.resource(pod).withGracePeriod(0).delete());
        kubelet.close();
        nodes.close();
        clock.close();
    }
}

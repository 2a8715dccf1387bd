package io.mlengine.backend.k8s.delegate;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.operator.ClusterEngines;
import io.mlengine.backend.k8s.operator.RunningEngine;
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.Definitions;
import io.mlengine.backend.k8s.testing.FakeKubelet;
import io.mlengine.backend.k8s.testing.FakeNodes;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.NamedFramework;
import io.mlengine.backend.k8s.testing.PodScript;
import io.mlengine.core.job.Delegate;
import io.mlengine.core.job.DelegateKind;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.time.SystemClock;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.FrameworkPlugin;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** An engine, a training operator and nodes that pretend, in a namespace of their own. */
final class DelegateCluster implements AutoCloseable {
    static final Delegate PYTORCH = new Delegate(DelegateKind.PYTORCH_JOB, DelegateKind.USUAL_VERSION);
    static final Delegate XGBOOST = new Delegate(DelegateKind.XGBOOST_JOB, DelegateKind.USUAL_VERSION);

    final KubernetesServer server = KubernetesServer.shared();
    final KubernetesClient client = server.client();
    final FakeNodes nodes = new FakeNodes(client);
    final FakeKubelet kubelet = FakeKubelet.start(server, nodes, pod -> PodScript.runsUntilDeleted());
    final String namespace;
    final FakeTrainingOperator operator;
    private final SystemClock clock = new SystemClock();
    private @Nullable RunningEngine engine;
    private volatile long token;

    DelegateCluster(Delegate kind) {
        Definitions.install(client);
        KubeflowDefinitions.install(client, "pytorchjobs");
        namespace = server.newNamespace();
        nodes.add(3, 1);
        operator = new FakeTrainingOperator(client, kind, namespace);
    }

    /** Frameworks of these names that nobody asks to launch anything. */
    private static final class Plugin implements FrameworkPlugin {
        @Override
        public List<FrameworkLauncher> launchers() {
            return List.of(NamedFramework.of("pytorch"), NamedFramework.of("xgboost"));
        }
    }

    /** A term of a leader; it ends when the next one begins. */
    private final class Term implements Leadership {
        private final long own;

        Term(long own) {
            this.own = own;
        }

        @Override
        public boolean isHeld() {
            return own == token;
        }

        @Override
        public long token() {
            return own;
        }

        @Override
        public Optional<Instant> heldUntil() {
            return Optional.empty();
        }
    }

    void startEngine() {
        token++;
        engine = new ClusterEngines(
                        client.getConfiguration(),
                        Set.of(namespace),
                        PodConfig.DEFAULT,
                        clock,
                        builder -> builder.plugin(new Plugin()),
                        running -> () -> {})
                .start(token, new Term(token));
    }

    void stopEngine() {
        if (engine != null) {
            engine.close();
            engine = null;
        }
    }

    /** A job of a master and two workers, each with a GPU. */
    MLTrain.Builder train(String name, Delegate delegate) {
        Role worker = Role.named("worker")
                .replicas(2)
                .image("localhost/work:1")
                .command("python", "train.py")
                .resources(Resources.builder().gpus(1).build())
                .build();
        return MLTrain.named(name)
                .namespace(namespace)
                .framework(delegate.kind().framework())
                .delegate(delegate)
                .addRole(Role.builder().from(worker).name("master").replicas(1).build())
                .addRole(worker);
    }

    void apply(MLTrain.Builder train) {
        client.resource(MLTrainDocuments.resource(train.build())).create();
    }

    Resource<MLTrainResource> job(String name) {
        return client.resources(MLTrainResource.class).inNamespace(namespace).withName(name);
    }

    void desire(String name, String word) {
        job(name).edit(resource -> {
            resource.getSpec().put("desired", word);
            return resource;
        });
    }

    Resource<GenericKubernetesResource> object(String name, Delegate delegate) {
        return client.genericKubernetesResources(DelegateApi.definition(delegate))
                .inNamespace(namespace)
                .withName(name);
    }

    String uid(String name) {
        return object(name, PYTORCH).get().getMetadata().getUid();
    }

    MLTrainStatus await(String name, String what, Predicate<MLTrainStatus> condition) {
        AtomicReference<@Nullable MLTrainStatus> last = new AtomicReference<>();
        try {
            return Await.until(name + " " + what, () -> {
                Optional<MLTrainStatus> now =
                        Optional.ofNullable(job(name).get()).map(MLTrainResource::getStatus);
                last.set(now.orElse(null));
                return now.filter(condition);
            });
        } catch (AssertionError e) {
            throw new AssertionError(name + " says: " + last.get(), e);
        }
    }

    MLTrainStatus await(String name, String phase) {
        return await(name, "is " + phase, status -> phase.equals(status.phase()));
    }

    List<Pod> pods() {
        return client.pods().inNamespace(namespace).list().getItems();
    }

    @Override
    public void close() {
        stopEngine();
        operator.close();
        pods().forEach(pod -> client.resource(pod).withGracePeriod(0).delete());
        kubelet.close();
        nodes.close();
        clock.close();
    }
}

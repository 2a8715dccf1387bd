package io.mlengine.backend.k8s.delegate;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.mlengine.backend.k8s.cluster.WatchProbes;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.BreakableLine;
import io.mlengine.backend.k8s.testing.Definitions;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.time.SystemClock;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The other end of a watch on objects of Kubeflow vanishes without a word; what happens then is heard all the same. */
@Timeout(120)
class DeadKindWatchIT {
    private final KubernetesServer server = KubernetesServer.shared();
    private final KubernetesClient direct = server.client();
    private final String namespace = server.newNamespace();
    private final BreakableLine line = BreakableLine.to(direct.getConfiguration());
    private final KubernetesClient client = new KubernetesClientBuilder()
            .withConfig(line.config(direct.getConfiguration()))
            .build();
    private final ExecutorService askers = Executors.newCachedThreadPool();
    private final SystemClock clock = new SystemClock();
    private final AtomicInteger heard = new AtomicInteger();
    private final KindWatches watches = new KindWatches(
            client,
            Set.of(namespace),
            new WatchProbes(Duration.ofSeconds(2), askers, clock),
            job -> heard.incrementAndGet());

    @BeforeEach
    void install() {
        Definitions.install(direct);
        KubeflowDefinitions.install(direct, "pytorchjobs");
        watches.watch(DelegateCluster.PYTORCH);
    }

    @AfterEach
    void close() {
        watches.close();
        askers.shutdownNow();
        clock.close();
        client.close();
        line.close();
        object("net").delete();
    }

    private Resource<GenericKubernetesResource> object(String name) {
        return direct.genericKubernetesResources(DelegateApi.definition(DelegateCluster.PYTORCH))
                .inNamespace(namespace)
                .withName(name);
    }

    /** With its job, without which it would not stay. */
    private void create(String name) {
        MLTrain train = MLTrain.named(name)
                .namespace(namespace)
                .framework("pytorch")
                .delegate(DelegateCluster.PYTORCH)
                .addRole(Role.named("worker")
                        .image("localhost/work:1")
                        .command("work")
                        .build())
                .build();
        MLTrainResource job = direct.resource(MLTrainDocuments.resource(train)).create();
        direct.genericKubernetesResources(DelegateApi.definition(DelegateCluster.PYTORCH))
                .inNamespace(namespace)
                .resource(new GenericKubernetesResourceBuilder()
                        .withApiVersion("kubeflow.org/v1")
                        .withKind("PyTorchJob")
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
                        .addNewOwnerReference()
                        .withApiVersion(Labels.GROUP + "/" + Labels.VERSION)
                        .withKind("MLTrain")
                        .withName(name)
                        .withUid(job.getMetadata().getUid())
                        .withController(true)
                        .endOwnerReference()
                        .endMetadata()
                        .addToAdditionalProperties("spec", Map.of("pytorchReplicaSpecs", Map.of()))
                        .build())
                .create();
    }

    private void awaitHeard(int times) {
        Await.until("it is heard of", () -> {
            watches.look();
            return heard.get() >= times;
        });
    }

    @Test
    void aChangeIsHeardOfThoughTheWatchIsDead() {
        create("net");
        awaitHeard(1);
        int before = heard.get();

        line.swallowAll();
        object("net").edit(object -> {
            object.getMetadata().getLabels().put("seen", "no");
            return object;
        });

        awaitHeard(before + 1);
    }
}

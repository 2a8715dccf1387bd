package io.mlengine.cli.real;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.operator.ClusterEngines;
import io.mlengine.backend.k8s.operator.RunningEngine;
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.backend.k8s.resource.CrdManifests;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.backend.k8s.resource.MLUsageResource;
import io.mlengine.backend.k8s.resource.MLUsageSpec;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.time.SystemClock;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A cluster with a node that runs pods, and an engine for the jobs of one new namespace, which goes with it. */
final class KubernetesNode implements AutoCloseable {
    /** Names the kubeconfig of an administrator. No other engine may run the jobs of all its namespaces. */
    static final String KUBECONFIG = "MLENGINE_TEST_NODE_KUBECONFIG";

    private static final String CLAIM = "results";

    final String namespace;
    private final KubernetesClient client;
    private final SystemClock clock = new SystemClock();
    private final CompletableFuture<MLEngine> engine = new CompletableFuture<>();
    private final RunningEngine running;

    private KubernetesNode(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
        running = new ClusterEngines(
                        client.getConfiguration(),
                        Set.of(namespace),
                        PodConfig.builder().gitSyncImage(gitSyncImage()).build(),
                        clock,
                        builder -> builder,
                        made -> {
                            engine.complete(made);
                            return () -> {};
                        })
                .start(1, Leadership.always(1));
    }

    static KubernetesNode open() {
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(new File(System.getenv(KUBECONFIG))))
                .build();
        CrdManifests.all(false).forEach(definition -> {
            client.resource(definition).forceConflicts().serverSideApply();
            client.resource(definition)
                    .waitUntilCondition(
                            now -> now != null
                                    && now.getStatus() != null
                                    && now.getStatus().getConditions().stream()
                                            .anyMatch(condition -> "Established".equals(condition.getType())
                                                    && "True".equals(condition.getStatus())),
                            30,
                            TimeUnit.SECONDS);
        });
        String namespace = "node-" + UUID.randomUUID().toString().substring(0, 8);
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
        return new KubernetesNode(client, namespace);
    }

    /** An image with python3 and torch. */
    static String torchImage() {
        return System.getenv().getOrDefault("MLENGINE_TEST_NODE_TORCH", "localhost/torch:1");
    }

    private static String gitSyncImage() {
        return System.getenv().getOrDefault("MLENGINE_TEST_NODE_GIT_SYNC", "localhost/git-sync:1");
    }

    JobHandle submit(MLTrain train) {
        return engine.join().submit(train).join().orThrow();
    }

    /** The claim of the example, bound to a folder of the node; no controller of the cluster is needed for it. */
    void makeClaim(Path folder) {
        Map<String, Quantity> size = Map.of("storage", new Quantity("1Gi"));
        PersistentVolumeClaim claim = client.resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(CLAIM)
                        .addToAnnotations("pv.kubernetes.io/bind-completed", "yes")
                        .endMetadata()
                        .withNewSpec()
                        .withAccessModes("ReadWriteMany")
                        .withStorageClassName("")
                        .withVolumeName(namespace)
                        .withNewResources()
                        .withRequests(size)
                        .endResources()
                        .endSpec()
                        .build())
                .create();
        client.resource(new PersistentVolumeBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .withNewSpec()
                        .withAccessModes("ReadWriteMany")
                        .withStorageClassName("")
                        .withCapacity(size)
                        .withNewHostPath(folder.toString(), "DirectoryOrCreate")
                        .withNewClaimRef()
                        .withApiVersion("v1")
                        .withKind("PersistentVolumeClaim")
                        .withNamespace(namespace)
                        .withName(CLAIM)
                        .withUid(claim.getMetadata().getUid())
                        .endClaimRef()
                        .endSpec()
                        .build())
                .create();
        bound(client.persistentVolumes().withName(namespace), "{\"status\":{\"phase\":\"Bound\"}}");
        bound(
                client.persistentVolumeClaims().inNamespace(namespace).withName(CLAIM),
                "{\"status\":{\"phase\":\"Bound\",\"accessModes\":[\"ReadWriteMany\"],\"capacity\":{\"storage\":\"1Gi\"}}}");
    }

    private static void bound(Resource<?> object, String status) {
        object.subresource("status").patch(PatchContext.of(PatchType.JSON_MERGE), status);
    }

    /** What users see of a job. */
    Optional<MLTrainStatus> status(String job) {
        @Nullable
        MLTrainResource found = client.resources(MLTrainResource.class)
                .inNamespace(namespace)
                .withName(job)
                .get();
        return Optional.ofNullable(found).map(MLTrainResource::getStatus);
    }

    List<MLUsageSpec> usage() {
        return client.resources(MLUsageResource.class).inNamespace(namespace).list().getItems().stream()
                .map(usage -> Objects.requireNonNull(usage.getSpec()))
                .toList();
    }

    List<Pod> pods() {
        return client.pods().inNamespace(namespace).list().getItems();
    }

    /** Ends a pod as a node does that is gone: the object at once, its processes when the node hears of it. */
    void kill(String pod) {
        client.pods().inNamespace(namespace).withName(pod).withGracePeriod(0).delete();
    }

    /** Everything that a job may leave behind, but its usage. */
    List<String> leavings() {
        return Stream.<HasMetadata>concat(
                        Stream.concat(
                                pods().stream(),
                                client
                                        .resources(MLTrainResource.class)
                                        .inNamespace(namespace)
                                        .list()
                                        .getItems()
                                        .stream()),
                        Stream.concat(
                                client.services().inNamespace(namespace).list().getItems().stream(),
                                Stream.concat(
                                        client.secrets().inNamespace(namespace).list().getItems().stream()
                                                .filter(secret -> "Opaque".equals(secret.getType())),
                                        client.configMaps().inNamespace(namespace).list().getItems().stream()
                                                .filter(map -> !map.getMetadata()
                                                        .getName()
                                                        .equals("kube-root-ca.crt")))))
                .map(object -> object.getKind() + " " + object.getMetadata().getName())
                .toList();
    }

    @Override
    public void close() {
        client.resources(MLTrainResource.class).inNamespace(namespace).delete();
        RealEngine.awaitTrue(
                RealEngine.PATIENCE,
                "the jobs are gone",
                () -> client.resources(MLTrainResource.class)
                        .inNamespace(namespace)
                        .list()
                        .getItems()
                        .isEmpty());
        running.close();
        clock.close();
        client.namespaces().withName(namespace).delete();
        client.persistentVolumes().withName(namespace).delete();
        client.close();
    }
}

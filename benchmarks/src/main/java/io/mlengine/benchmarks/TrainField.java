package io.mlengine.benchmarks;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.testing.Definitions;
import io.mlengine.backend.k8s.testing.FakeKubelet;
import io.mlengine.backend.k8s.testing.FakeNodes;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodEnd;
import io.mlengine.backend.k8s.testing.PodScript;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A namespace with jobs on fake nodes whose kubelets run each pod until it is told to end. */
final class TrainField implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 120;

    final KubernetesClient client;
    final String namespace;
    private final FakeNodes nodes;
    private final FakeKubelet kubelet;

    TrainField(KubernetesServer server, int count, int gpus) throws Exception {
        client = server.client();
        Definitions.install(client);
        namespace = server.newNamespace();
        nodes = new FakeNodes(client);
        kubelet = FakeKubelet.start(server, nodes, pod -> PodScript.runsUntilDeleted());
        Parallel.each(count, i -> nodes.add(1, gpus));
    }

    /** A job of replicas that look like those of users, with so many GPUs each. */
    MLTrain.Builder train(String name, int replicas, int gpus) {
        Resources resources =
                gpus == 0 ? Resources.NONE : Resources.builder().gpus(gpus).build();
        return MLTrain.named(name)
                .namespace(namespace)
                .framework("command")
                .addRole(Role.named("worker")
                        .replicas(replicas)
                        .command("python3", "train.py", "--epochs", "10")
                        .image("localhost/work:1")
                        .env("DATA", "/data/set/" + name)
                        .env("MODE", "train")
                        .resources(resources)
                        .build());
    }

    /** Makes the object of a job, as {@code kubectl apply} does. */
    void apply(MLTrain.Builder train) {
        client.resource(MLTrainDocuments.resource(train.build())).create();
    }

    /** Makes the object of a job; returns the seconds until all its pods are bound, as a watch sees it. */
    double secondsUntilBound(MLTrain.Builder train, int replicas) throws InterruptedException {
        MLTrain job = train.build();
        CountDownLatch left = new CountDownLatch(replicas);
        try (SharedIndexInformer<Pod> watch = client.pods()
                .inNamespace(namespace)
                .withLabel(Labels.JOB_NAME, job.name())
                .inform(new Bound(left))) {
            long begin = System.nanoTime();
            client.resource(MLTrainDocuments.resource(job)).create();
            if (!left.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(job.name() + " has no place for " + left.getCount() + " of its pods: "
                        + watch.getStore().list());
            }
            return (System.nanoTime() - begin) / 1e9;
        }
    }

    private record Bound(CountDownLatch left) implements ResourceEventHandler<Pod> {
        @Override
        public void onAdd(Pod pod) {
            if (pod.getSpec().getNodeName() != null) {
                left.countDown();
            }
        }

        @Override
        public void onUpdate(Pod before, Pod pod) {
            if (before.getSpec().getNodeName() == null) {
                onAdd(pod);
            }
        }

        @Override
        public void onDelete(Pod pod, boolean isUnseen) {}
    }

    /** Waits for a phase by a watch, which costs the API server no requests that are counted. */
    void awaitPhase(String job, String phase) {
        client.resources(MLTrainResource.class)
                .inNamespace(namespace)
                .withName(job)
                .waitUntilCondition(
                        now -> now != null
                                && now.getStatus() != null
                                && Objects.equals(phase, now.getStatus().phase()),
                        PATIENCE_SECONDS,
                        TimeUnit.SECONDS);
    }

    /** Lets the pods of a job end well. */
    void succeed(String job) {
        client.pods()
                .inNamespace(namespace)
                .withLabel(Labels.JOB_NAME, job)
                .list()
                .getItems()
                .forEach(pod -> kubelet.end(namespace, pod.getMetadata().getName(), PodEnd.exit(0)));
    }

    @Override
    public void close() {
        kubelet.close();
        nodes.close();
    }
}

package io.mlengine.benchmarks;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.testing.FakeNodes;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Fake nodes and pods that wait for one of them, and a watch that sees them bound. */
final class BindField implements AutoCloseable {
    /** GPUs of each node, and pods of each gang. */
    static final int GPUS = 8;

    private static final int PATIENCE_MINUTES = 10;
    private static final int PATIENCE_MILLIS = PATIENCE_MINUTES * 60_000;

    private final KubernetesServer server;
    private final KubernetesClient client;
    private final FakeNodes nodes;
    private final Queue<String> names = new ConcurrentLinkedQueue<>();

    BindField(KubernetesServer server, int count) throws Exception {
        this.server = server;
        // The server deletes thousands of pods one after the other in one request.
        client = server.newClient(settings -> settings.withRequestTimeout(PATIENCE_MILLIS));
        nodes = new FakeNodes(client);
        Parallel.each(count, i -> names.addAll(nodes.add(1, GPUS)));
    }

    /** Makes pods, lets them be bound, checks what has become of them, and removes them. */
    BindRound measure(Binder binder, int round, int pods) throws Exception {
        String namespace = server.newNamespace();
        create(namespace, binder.scheduler(), pods);
        try {
            return bind(binder, round, namespace, pods);
        } finally {
            remove(namespace);
        }
    }

    private BindRound bind(Binder binder, int round, String namespace, int pods) throws Exception {
        BoundPods bound = new BoundPods(pods, GPUS);
        try (SharedIndexInformer<Pod> watch =
                client.pods().inNamespace(namespace).inform(bound)) {
            double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
            double apiServer = Processes.cpuSeconds(Processes.apiServer());
            boolean wasRunning = binder.isRunning();
            double before = wasRunning ? cpu(binder) : 0;
            long begin = System.nanoTime();
            binder.begin(namespace);
            try {
                if (!bound.await(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                    throw new IllegalStateException(binder.name() + " has left " + bound.left() + " pods of "
                            + watch.getStore().list().size());
                }
                BindRound measured = new BindRound(
                        binder.name(),
                        round,
                        load,
                        bound.perSecond(),
                        (bound.last() - begin) / 1e9,
                        (cpu(binder) - before) * 1000 / pods,
                        (Processes.cpuSeconds(Processes.apiServer()) - apiServer) * 1000 / pods,
                        Processes.peakMegabytes(binder.process()),
                        bound.mostTorn());
                check(binder, watch.getStore().list());
                return measured;
            } finally {
                binder.end();
            }
        }
    }

    private static double cpu(Binder binder) {
        return Processes.cpuSeconds(List.of(binder.process()));
    }

    /** No node may have more than it has; as all pods are bound, all gangs are whole. */
    private static void check(Binder binder, List<Pod> pods) {
        Map<String, Long> perNode =
                pods.stream().collect(Collectors.groupingBy(pod -> pod.getSpec().getNodeName(), Collectors.counting()));
        perNode.forEach((node, count) -> {
            if (count > GPUS) {
                throw new IllegalStateException(binder.name() + " gave " + count + " GPUs of " + node);
            }
        });
    }

    private void remove(String namespace) {
        client.pods().inNamespace(namespace).withGracePeriod(0).delete();
    }

    private void create(String namespace, String scheduler, int pods) throws Exception {
        ConfigMap owner = client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName("owner")
                        .endMetadata()
                        .build())
                .create();
        String path = "/api/v1/namespaces/" + namespace + "/pods";
        Parallel.each(pods, i -> client.raw(path, "POST", pod(owner, scheduler, i, pods)));
    }

    /** Nine in ten pods are in a gang, the last ones are alone; all look as if a controller had made them. */
    private static Pod pod(ConfigMap owner, String scheduler, int index, int pods) {
        PodBuilder pod = new PodBuilder()
                .withNewMetadata()
                .withName("pod-" + index)
                .addNewOwnerReference()
                .withApiVersion(owner.getApiVersion())
                .withKind(owner.getKind())
                .withName(owner.getMetadata().getName())
                .withUid(owner.getMetadata().getUid())
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .withNewSpec()
                .withSchedulerName(scheduler)
                .addNewContainer()
                .withName("main")
                .withImage("localhost/work:1")
                .withNewResources()
                .addToLimits(FakeNodes.GPU, new Quantity("1"))
                .endResources()
                .endContainer()
                .endSpec();
        if (index < pods * 9 / 10 / GPUS * GPUS) {
            pod.editMetadata()
                    .addToLabels(Labels.GANG, "gang-" + index / GPUS)
                    .addToAnnotations(Labels.GANG_SIZE, Integer.toString(GPUS))
                    .endMetadata();
        }
        return pod.build();
    }

    @Override
    public void close() {
        // Nodes that close themselves would ask for the pods of each.
        names.forEach(nodes::remove);
        client.close();
    }
}

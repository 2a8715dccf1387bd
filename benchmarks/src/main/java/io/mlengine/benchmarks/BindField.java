package io.mlengine.benchmarks;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.mlengine.backend.k8s.testing.FakeNodes;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Fake nodes and pods that wait for one of them, and a watch that sees them bound. */
final class BindField implements AutoCloseable {
    private static final int AT_ONCE = 16;
    private static final int GANG = 8;
    private static final int PATIENCE_MINUTES = 10;

    private final KubernetesServer server;
    private final KubernetesClient client;
    private final FakeNodes nodes;
    private final List<String> names;

    BindField(KubernetesServer server, int count) {
        this.server = server;
        client = server.client();
        nodes = new FakeNodes(client);
        names = nodes.add(count, GANG);
    }

    List<String> nodes() {
        return names;
    }

    KubernetesServer server() {
        return server;
    }

    /** Makes pods, lets them be bound, and removes them; returns how many a second from the first to the last. */
    double measure(BindBenchmark.Binder binder, int pods) throws Exception {
        String namespace = server.newNamespace();
        create(namespace, binder.scheduler(), pods);
        Map<String, Long> bound = new ConcurrentHashMap<>();
        CountDownLatch left = new CountDownLatch(pods);
        try (SharedIndexInformer<Pod> watch =
                client.pods().inNamespace(namespace).inform(new Observer(bound, left))) {
            try (AutoCloseable running = binder.start(namespace)) {
                if (!left.await(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                    throw new IllegalStateException(running + " has left " + left.getCount() + " pods of "
                            + watch.getStore().list().size());
                }
            }
        } finally {
            remove(namespace);
        }
        long first = bound.values().stream().mapToLong(Long::longValue).min().orElseThrow();
        long last = bound.values().stream().mapToLong(Long::longValue).max().orElseThrow();
        return (pods - 1) * 1e9 / (last - first);
    }

    private void remove(String namespace) throws Exception {
        List<Pod> left = client.pods().inNamespace(namespace).list().getItems();
        inParallel(left, pod -> client.resource(pod).withGracePeriod(0).delete());
    }

    private static void inParallel(List<Pod> pods, Consumer<Pod> work) throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> all = new ArrayList<>();
            pods.forEach(pod -> all.add(workers.submit(() -> work.accept(pod))));
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            workers.shutdown();
        }
    }

    private record Observer(Map<String, Long> bound, CountDownLatch left) implements ResourceEventHandler<Pod> {
        @Override
        public void onAdd(Pod pod) {
            see(pod);
        }

        @Override
        public void onUpdate(Pod before, Pod pod) {
            see(pod);
        }

        @Override
        public void onDelete(Pod pod, boolean isUnseen) {}

        private void see(Pod pod) {
            if (pod.getSpec().getNodeName() != null
                    && bound.putIfAbsent(pod.getMetadata().getUid(), System.nanoTime()) == null) {
                left.countDown();
            }
        }
    }

    private void create(String namespace, String scheduler, int pods) throws Exception {
        List<Pod> all = new ArrayList<>();
        for (int i = 0; i < pods; i++) {
            all.add(pod(namespace, scheduler, i, pods));
        }
        inParallel(all, pod -> client.resource(pod).create());
    }

    /** Nine in ten pods are in a gang of eight, the last ones are alone. */
    private static Pod pod(String namespace, String scheduler, int index, int pods) {
        PodBuilder pod = new PodBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("pod-" + index)
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
        if (index < pods * 9 / 10 / GANG * GANG) {
            pod.editMetadata()
                    .addToLabels("mlengine.io/gang", "gang-" + index / GANG)
                    .addToAnnotations("mlengine.io/gang-size", Integer.toString(GANG))
                    .endMetadata();
        }
        return pod.build();
    }

    @Override
    public void close() {
        nodes.close();
    }
}

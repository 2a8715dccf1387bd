package io.mlengine.benchmarks;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.testing.FakeNodes;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Posts bindings as fast as the API server takes them, without a thought. */
final class RawBinder implements BindBenchmark.Binder {
    private static final int AT_ONCE = 32;
    private static final int GPUS = 8;

    private final BindField field;

    RawBinder(BindField field) {
        this.field = field;
    }

    @Override
    public String name() {
        return "bindings alone, 32 at once";
    }

    @Override
    public String scheduler() {
        return "nobody";
    }

    @Override
    public AutoCloseable start(String namespace) {
        KubernetesClient client = field.server().newClient(settings -> settings);
        FakeNodes poster = new FakeNodes(client);
        List<Pod> pods = client.pods().inNamespace(namespace).list().getItems();
        ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE);
        for (int i = 0; i < pods.size(); i++) {
            Pod pod = pods.get(i);
            String node = field.nodes().get(i / GPUS % field.nodes().size());
            workers.execute(() -> poster.bind(pod, node));
        }
        return () -> {
            workers.shutdownNow();
            client.close();
        };
    }
}

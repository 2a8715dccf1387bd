package io.mlengine.benchmarks;

import io.fabric8.kubernetes.api.model.Binding;
import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Posts bindings as fast as the API server takes them, without a thought. */
final class RawBinding {
    private static final int AT_ONCE = Integer.getInteger("mlengine.benchmark.posts", 32);

    private RawBinding() {}

    public static void main(String[] arguments) {
        Config config = Config.fromKubeconfig(Path.of(arguments[0]).toFile());
        MeasuredJvm.serve(namespace -> begin(config, namespace));
    }

    private static AutoCloseable begin(Config config, String namespace) {
        KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build();
        List<String> nodes = client.nodes().list().getItems().stream()
                .map(node -> node.getMetadata().getName())
                .sorted()
                .toList();
        List<Pod> pods = client.pods().inNamespace(namespace).list().getItems();
        ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE);
        for (int i = 0; i < pods.size(); i++) {
            Pod pod = pods.get(i);
            String node = nodes.get(i / BindField.GPUS);
            workers.execute(() -> post(client, pod, node));
        }
        return () -> {
            workers.shutdownNow();
            client.close();
        };
    }

    private static void post(KubernetesClient client, Pod pod, String node) {
        String namespace = pod.getMetadata().getNamespace();
        String name = pod.getMetadata().getName();
        Binding binding = new BindingBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .withUid(pod.getMetadata().getUid())
                .endMetadata()
                .withNewTarget()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(node)
                .endTarget()
                .build();
        client.raw("/api/v1/namespaces/" + namespace + "/pods/" + name + "/binding", "POST", binding);
    }
}

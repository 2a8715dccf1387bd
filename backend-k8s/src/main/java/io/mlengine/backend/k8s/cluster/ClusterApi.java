package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Binding;
import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.spi.backend.Fence;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The calls to the API server that orders need; each write passes the gate right before it is sent. They block. */
final class ClusterApi {
    private static final long LEAST_GRACE_SECONDS = 1;

    private final KubernetesClient client;
    private final WriteGate gate;

    ClusterApi(KubernetesClient client, WriteGate gate) {
        this.client = client;
        this.gate = gate;
    }

    /** Creates an object of the core API; returns it as the server has it. */
    @SuppressWarnings("unchecked")
    <T extends HasMetadata> T create(T object, Fence fence) {
        // The client's own create() cannot name the field manager.
        String path = core(object.getMetadata().getNamespace(), object.getPlural()) + "?fieldManager=" + Labels.MANAGER;
        gate.pass(fence);
        String created = client.raw(path, "POST", object);
        return client.getKubernetesSerialization().unmarshal(created, (Class<T>) object.getClass());
    }

    private static String core(String namespace, String plural) {
        return "/api/v1/namespaces/" + namespace + "/" + plural;
    }

    /** What is stored under an object's kind, namespace and name. */
    <T extends HasMetadata> Optional<T> find(T like) {
        return Optional.ofNullable(client.resource(like).get());
    }

    /** Assigns a pod that has no node yet; the uid makes sure that it is this pod and not another of its name. */
    void bind(Pod pod, String node, Fence fence) {
        Binding binding = new BindingBuilder()
                .withNewMetadata()
                .withNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .endMetadata()
                .withNewTarget()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(node)
                .endTarget()
                .build();
        String path = core(pod.getMetadata().getNamespace(), "pods") + "/"
                + pod.getMetadata().getName() + "/binding?fieldManager=" + Labels.MANAGER;
        gate.pass(fence);
        client.raw(path, "POST", binding);
    }

    /**
     * Asks for the end of a pod; nothing happens when it is gone. A pod without a node goes at once. One with a node is
     * never removed before its kubelet says that it has ended, so the grace is at least a second.
     */
    void delete(String namespace, String pod, Duration grace, Fence fence) {
        long seconds = Math.max(LEAST_GRACE_SECONDS, grace.plusMillis(999).toSeconds());
        gate.pass(fence);
        client.pods()
                .inNamespace(namespace)
                .withName(pod)
                .withGracePeriod(seconds)
                .delete();
    }

    /** Deletes a secret; nothing happens when there is none. */
    void deleteSecret(String namespace, String name, Fence fence) {
        gate.pass(fence);
        client.secrets().inNamespace(namespace).withName(name).delete();
    }

    /** Deletes the objects of a kind that carry these labels, one by one, which needs no right to delete them all. */
    void deleteAll(Class<? extends HasMetadata> kind, String namespace, Map<String, String> labels, Fence fence) {
        for (HasMetadata object : client.resources(kind)
                .inNamespace(namespace)
                .withLabels(labels)
                .list()
                .getItems()) {
            gate.pass(fence);
            client.resource(object).delete();
        }
    }
}

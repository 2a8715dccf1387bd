package io.mlengine.backend.k8s.cluster;

import io.fabric8.kubernetes.api.model.Binding;
import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mlengine.backend.k8s.pod.ClaimState;
import io.mlengine.backend.k8s.resource.ApiPaths;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.spi.backend.Fence;
import java.time.Duration;
import java.util.List;
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
        String path = collection(object) + "?fieldManager=" + Labels.MANAGER;
        gate.pass(fence);
        String created = client.raw(path, "POST", object);
        return client.getKubernetesSerialization().unmarshal(created, (Class<T>) object.getClass());
    }

    private static String collection(HasMetadata object) {
        return ApiPaths.of(object.getApiVersion(), object.getMetadata().getNamespace(), object.getPlural());
    }

    private static String path(HasMetadata object) {
        return collection(object) + "/" + object.getMetadata().getName();
    }

    /** What is stored under an object's kind, namespace and name. */
    <T extends HasMetadata> Optional<T> find(T like) {
        return Optional.ofNullable(client.resource(like).get());
    }

    /**
     * Assigns a pod that has no node yet; the uid makes sure that it is this pod and not another of its name.
     *
     * @param annotations what the pod gets together with its node
     */
    void bind(Pod pod, String node, Map<String, String> annotations, Fence fence) {
        bind(pod, node, annotations, fence, "");
    }

    /** Asks whether a binding would be taken, and changes nothing. */
    void rehearseBinding(Pod pod, String node, Fence fence) {
        bind(pod, node, Map.of(), fence, "&dryRun=All");
    }

    private void bind(Pod pod, String node, Map<String, String> annotations, Fence fence, String options) {
        Binding binding = new BindingBuilder()
                .withNewMetadata()
                .withNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .withAnnotations(annotations)
                .endMetadata()
                .withNewTarget()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(node)
                .endTarget()
                .build();
        String path = path(pod) + "/binding?fieldManager=" + Labels.MANAGER + options;
        gate.pass(fence);
        client.raw(path, "POST", binding);
    }

    /**
     * Asks for the end of this very pod; nothing happens when it is gone. A pod without a node goes at once. One with a
     * node is never removed before its kubelet says that it has ended, so the grace is at least a second.
     */
    void delete(Pod pod, Duration grace, Fence fence) {
        long seconds = Math.max(LEAST_GRACE_SECONDS, grace.plusMillis(999).toSeconds());
        delete(pod, new DeleteOptionsBuilder().withGracePeriodSeconds(seconds), fence);
    }

    /** Asks for the end of this very pod, with the grace that it wants itself; nothing happens when it is gone. */
    void delete(Pod pod, Fence fence) {
        delete(pod, new DeleteOptionsBuilder(), fence);
    }

    private void delete(HasMetadata object, DeleteOptionsBuilder how, Fence fence) {
        gate.pass(fence);
        ExactDeletion.ask(client, path(object), object.getMetadata().getUid(), how);
    }

    /** Reads a claim together with its volume or its class. Blocks. */
    ClaimState claim(String namespace, String name) {
        PersistentVolumeClaim claim = client.persistentVolumeClaims()
                .inNamespace(namespace)
                .withName(name)
                .get();
        String volume = claim == null ? null : claim.getSpec().getVolumeName();
        String storage = claim == null ? null : claim.getSpec().getStorageClassName();
        boolean isNamed = volume != null && !volume.isEmpty();
        return ClaimState.of(
                name,
                claim,
                isNamed ? client.persistentVolumes().withName(volume).get() : null,
                isNamed || storage == null || storage.isEmpty()
                        ? null
                        : client.storage()
                                .v1()
                                .storageClasses()
                                .withName(storage)
                                .get());
    }

    /** Tells whoever makes volumes for which node one is wanted. */
    void selectNode(String namespace, String claim, String node, Fence fence) {
        Map<String, Object> patch = Map.of("metadata", Map.of("annotations", Map.of(ClaimState.SELECTED_NODE, node)));
        gate.pass(fence);
        client.persistentVolumeClaims()
                .inNamespace(namespace)
                .withName(claim)
                .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(patch));
    }

    /**
     * Asks for the end of this very pod in a way that budgets of disruptions may refuse.
     *
     * @param apiVersion the version of the eviction that the server knows
     */
    void evict(Pod pod, String apiVersion, Fence fence) {
        Map<String, Object> eviction = Map.of(
                "apiVersion",
                apiVersion,
                "kind",
                "Eviction",
                "metadata",
                Map.of(
                        "namespace", pod.getMetadata().getNamespace(),
                        "name", pod.getMetadata().getName()),
                "deleteOptions",
                Map.of("preconditions", Map.of("uid", pod.getMetadata().getUid())));
        gate.pass(fence);
        client.raw(path(pod) + "/eviction", "POST", eviction);
    }

    /** The version of evictions that the server knows; empty when it knows none. Blocks. */
    Optional<String> evictionVersion() {
        return client.getApiResources("v1").getResources().stream()
                .filter(resource -> resource.getName().equals("pods/eviction"))
                .findFirst()
                .map(resource -> resource.getGroup() + "/" + resource.getVersion());
    }

    /** Writes a condition into the status of this very pod. */
    void patchCondition(Pod pod, PodCondition condition) {
        Map<String, Object> patch = Map.of(
                "metadata",
                Map.of("uid", pod.getMetadata().getUid()),
                "status",
                Map.of("conditions", List.of(condition)));
        gate.pass();
        client.resource(pod)
                .subresource("status")
                .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), Serialization.asJson(patch));
    }

    /** Writes an annotation of this very pod; returns the pod as the server has it. */
    Pod annotate(Pod pod, String key, String value, Fence fence) {
        Map<String, Object> patch =
                Map.of("metadata", Map.of("uid", pod.getMetadata().getUid(), "annotations", Map.of(key, value)));
        gate.pass(fence);
        return client.resource(pod).patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(patch));
    }

    /** Writes an Event. */
    void tell(Event event) {
        gate.pass();
        client.v1()
                .events()
                .inNamespace(event.getMetadata().getNamespace())
                .resource(event)
                .create();
    }

    /**
     * Deletes a secret; nothing happens when there is none. Nobody lets us read secrets, so its uid is not known: the name
     * must be one that no other object of ours can have.
     */
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
            delete(object, new DeleteOptionsBuilder(), fence);
        }
    }
}

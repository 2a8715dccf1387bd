package io.mlengine.backend.k8s.delegate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.mlengine.backend.k8s.cluster.ExactDeletion;
import io.mlengine.backend.k8s.cluster.KubernetesError;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.resource.ApiPaths;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.core.job.Delegate;
import io.mlengine.spi.error.MLEngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads and writes objects for jobs that another controller runs; blocks while it does. Each write asks right before it is
 * sent whether this process still leads in the term that it was made for.
 */
final class DelegateApi {
    private static final PatchContext PATCH = PatchContext.of(PatchType.JSON);
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(Labels.MANAGER)
            .withForce(true)
            .build();
    private static final String FINALIZERS = "/metadata/finalizers";
    private static final String STATUS = "/status";

    private final KubernetesClient client;
    private final Leadership leadership;
    private final long token;

    DelegateApi(KubernetesClient client, Leadership leadership, long token) {
        this.client = client;
        this.leadership = leadership;
        this.token = token;
    }

    long token() {
        return token;
    }

    boolean leads() {
        return leadership.isHeld() && leadership.token() == token;
    }

    private void pass() {
        if (!leads()) {
            throw new MLEngineException(
                    KubernetesError.NOT_LEADING, "This process is not in charge.", Map.of("token", token), null);
        }
    }

    static ResourceDefinitionContext definition(Delegate delegate) {
        String[] groupVersion = delegate.apiVersion().split("/", 2);
        return new ResourceDefinitionContext.Builder()
                .withGroup(groupVersion[0])
                .withVersion(groupVersion[1])
                .withKind(delegate.kind().word())
                .withPlural(KindWords.of(delegate.kind()).plural())
                .withNamespaced(true)
                .build();
    }

    /** Whether the cluster knows the kind. */
    boolean isInstalled(Delegate delegate) {
        return Optional.ofNullable(client.getApiResources(delegate.apiVersion())).stream()
                .flatMap(list -> list.getResources().stream())
                .anyMatch(resource -> resource.getKind().equals(delegate.kind().word()));
    }

    Optional<MLTrainResource> train(DelegatedJob job) {
        return Optional.ofNullable(trains(job).get())
                .filter(found -> found.getMetadata().getUid().equals(job.uid()));
    }

    Optional<GenericKubernetesResource> find(Delegate delegate, DelegatedJob job) {
        return Optional.ofNullable(objects(delegate)
                .inNamespace(job.namespace())
                .withName(job.name())
                .get());
    }

    /** Makes an object, and never takes over one that is there. */
    void create(Delegate delegate, GenericKubernetesResource object) {
        pass();
        String path = path(delegate, object.getMetadata().getNamespace());
        client.raw(path + "?fieldManager=" + Labels.MANAGER, "POST", object);
    }

    /** Sets the fields that the change names, whoever has set them before. */
    void change(Delegate delegate, GenericKubernetesResource change) {
        pass();
        objects(delegate)
                .inNamespace(change.getMetadata().getNamespace())
                .resource(change)
                .patch(APPLY);
    }

    /** Deletes this very object; it goes after its pods. */
    void delete(Delegate delegate, DelegatedJob job, String uid) {
        pass();
        ExactDeletion.ask(
                client,
                path(delegate, job.namespace()) + "/" + job.name(),
                uid,
                new DeleteOptionsBuilder().withPropagationPolicy("Foreground"));
    }

    private static String path(Delegate delegate, String namespace) {
        return ApiPaths.of(
                delegate.apiVersion(), namespace, KindWords.of(delegate.kind()).plural());
    }

    /**
     * Replaces the status if that is still the one that was read.
     *
     * @return the status as it stands now
     */
    MLTrainStatus write(MLTrainResource read, MLTrainStatus status) {
        Long seen = read.getStatus() == null ? null : read.getStatus().recordVersion();
        MLTrainStatus next = MLTrainStatus.builder()
                .from(status)
                .recordVersion(seen == null ? 1 : seen + 1)
                .build();
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        ArrayNode patch = patchOf(read);
        if (read.getStatus() == null) {
            add(patch, "test", STATUS, nodes.nullNode());
        } else {
            add(patch, "test", STATUS + "/recordVersion", seen == null ? nodes.nullNode() : nodes.numberNode(seen));
        }
        add(patch, "add", STATUS, client.getKubernetesSerialization().convertValue(next, JsonNode.class));
        pass();
        client.resource(read).subresource("status").patch(PATCH, patch.toString());
        return next;
    }

    /** Sees to it that the job's object stays until {@link #release}; tells whether anything had to be done. */
    boolean hold(MLTrainResource read) {
        List<String> wanted = new ArrayList<>(read.getFinalizers());
        boolean isNeeded = !read.isMarkedForDeletion() && !wanted.contains(Labels.FINALIZER);
        if (isNeeded) {
            wanted.add(Labels.FINALIZER);
            finalizers(read, wanted);
        }
        return isNeeded;
    }

    /** Lets the job's object go; tells whether anything had to be done. */
    boolean release(MLTrainResource read) {
        List<String> wanted = new ArrayList<>(read.getFinalizers());
        boolean isNeeded = wanted.remove(Labels.FINALIZER);
        if (isNeeded) {
            finalizers(read, wanted);
        }
        return isNeeded;
    }

    private void finalizers(MLTrainResource read, List<String> wanted) {
        ArrayNode patch = patchOf(read);
        add(patch, "test", FINALIZERS, texts(read.getFinalizers()));
        add(patch, "add", FINALIZERS, texts(wanted));
        pass();
        client.resource(read).patch(PATCH, patch.toString());
    }

    /** Deletes the job's object, and no other of its name. */
    void remove(DelegatedJob job) {
        pass();
        ExactDeletion.ask(client, ApiPaths.train(job.namespace(), job.name()), job.uid());
    }

    /** Writes an Event; one that cannot be written is left out. */
    void tell(Event event) {
        pass();
        try {
            client.v1()
                    .events()
                    .inNamespace(event.getMetadata().getNamespace())
                    .resource(event)
                    .create();
        } catch (KubernetesClientException e) {
            // The status says the same.
        }
    }

    private static JsonNode texts(List<String> texts) {
        if (texts.isEmpty()) {
            return JsonNodeFactory.instance.nullNode();
        }
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        texts.forEach(array::add);
        return array;
    }

    private static ArrayNode patchOf(MLTrainResource read) {
        ArrayNode patch = JsonNodeFactory.instance.arrayNode();
        add(
                patch,
                "test",
                "/metadata/uid",
                JsonNodeFactory.instance.textNode(read.getMetadata().getUid()));
        return patch;
    }

    private static void add(ArrayNode patch, String operation, String path, JsonNode value) {
        patch.addObject().put("op", operation).put("path", path).set("value", value);
    }

    private MixedOperation<GenericKubernetesResource, ?, Resource<GenericKubernetesResource>> objects(
            Delegate delegate) {
        return client.genericKubernetesResources(definition(delegate));
    }

    private Resource<MLTrainResource> trains(DelegatedJob job) {
        return client.resources(MLTrainResource.class)
                .inNamespace(job.namespace())
                .withName(job.name());
    }
}

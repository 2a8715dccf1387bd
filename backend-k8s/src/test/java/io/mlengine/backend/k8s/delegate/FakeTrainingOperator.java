package io.mlengine.backend.k8s.delegate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.mlengine.core.job.Delegate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does for the jobs of one kind in one namespace what the training operator does, as far as others see it: makes a pod for
 * each replica, tells by conditions how the job fares, holds it back. Tests say how it ends.
 */
final class FakeTrainingOperator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FakeTrainingOperator.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LOOK_MILLIS = 100;

    private final KubernetesClient client;
    private final Delegate delegate;
    private final String namespace;
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor();
    /** Job to the condition that it shall get next, once. */
    private final Map<String, String> wishes = new ConcurrentHashMap<>();

    FakeTrainingOperator(KubernetesClient client, Delegate delegate, String namespace) {
        this.client = client;
        this.delegate = delegate;
        this.namespace = namespace;
        worker.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Gives a job that runs this condition: Succeeded, Failed or Restarting. */
    void say(String job, String condition) {
        wishes.put(job, condition);
    }

    private void look() {
        ResourceDefinitionContext kind = DelegateApi.definition(delegate);
        try {
            for (GenericKubernetesResource object : client.genericKubernetesResources(kind)
                    .inNamespace(namespace)
                    .list()
                    .getItems()) {
                if (!object.isMarkedForDeletion()) {
                    play(object);
                }
            }
        } catch (KubernetesClientException e) {
            LOG.debug("looks again soon: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("the fake operator failed", e);
        }
    }

    private void play(GenericKubernetesResource object) {
        JsonNode json = JSON.valueToTree(object.getAdditionalProperties());
        String job = object.getMetadata().getName();
        Map<String, String> conditions = new TreeMap<>();
        json.at("/status/conditions")
                .forEach(one -> conditions.put(
                        one.path("type").asText(), one.path("status").asText()));
        if (is(conditions, "Succeeded") || is(conditions, "Failed")) {
            return;
        }
        boolean suspend = json.at("/spec/runPolicy/suspend").asBoolean();
        List<Pod> pods = pods(job);
        if (suspend) {
            pods.forEach(pod -> client.resource(pod).withGracePeriod(0).delete());
            tell(object, json, Set.of("Created", "Suspended"), List.of());
            return;
        }
        json.at("/spec/" + KindWords.of(delegate.kind()).replicaSpecs())
                .properties()
                .forEach(role -> makePods(object, role.getKey(), role.getValue(), pods));
        boolean runs = !pods.isEmpty()
                && pods.stream()
                        .allMatch(pod -> "Running".equals(pod.getStatus().getPhase()));
        String wish = runs ? wishes.remove(job) : null;
        if (wish != null) {
            tell(object, json, Set.of("Created", wish), pods);
        } else if (runs && !is(conditions, "Restarting")) {
            tell(object, json, Set.of("Created", "Running"), pods);
        } else if (!runs && !is(conditions, "Running")) {
            tell(object, json, Set.of("Created"), pods);
        }
    }

    private static boolean is(Map<String, String> conditions, String type) {
        return "True".equals(conditions.get(type));
    }

    private List<Pod> pods(String job) {
        return client.pods()
                .inNamespace(namespace)
                .withLabel("training.kubeflow.org/job-name", job)
                .list()
                .getItems();
    }

    private void makePods(GenericKubernetesResource object, String role, JsonNode spec, List<Pod> there) {
        PodTemplateSpec template = JSON.convertValue(spec.path("template"), PodTemplateSpec.class);
        for (int i = 0; i < spec.path("replicas").asInt(1); i++) {
            String name = object.getMetadata().getName() + "-" + role.toLowerCase(Locale.ROOT) + "-" + i;
            if (there.stream().anyMatch(pod -> pod.getMetadata().getName().equals(name))) {
                continue;
            }
            client.resource(new PodBuilder()
                            .withMetadata(template.getMetadata())
                            .withSpec(template.getSpec())
                            .editMetadata()
                            .withNamespace(namespace)
                            .withName(name)
                            .addToLabels(
                                    "training.kubeflow.org/job-name",
                                    object.getMetadata().getName())
                            .addToLabels("training.kubeflow.org/replica-type", role.toLowerCase(Locale.ROOT))
                            .withOwnerReferences(new OwnerReferenceBuilder()
                                    .withApiVersion(object.getApiVersion())
                                    .withKind(object.getKind())
                                    .withName(object.getMetadata().getName())
                                    .withUid(object.getMetadata().getUid())
                                    .withController(true)
                                    .withBlockOwnerDeletion(true)
                                    .build())
                            .endMetadata()
                            .build())
                    .create();
        }
    }

    private void tell(GenericKubernetesResource object, JsonNode json, Set<String> holding, List<Pod> pods) {
        Map<String, String> before = new TreeMap<>();
        Map<String, String> since = new TreeMap<>();
        json.at("/status/conditions").forEach(one -> {
            before.put(one.path("type").asText(), one.path("status").asText());
            since.put(one.path("type").asText(), one.path("lastTransitionTime").asText());
        });
        Set<String> types = new java.util.TreeSet<>(before.keySet());
        types.addAll(holding);
        List<Map<String, Object>> conditions = new ArrayList<>();
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        for (String type : types) {
            String status = holding.contains(type) ? "True" : "False";
            Map<String, Object> condition = new LinkedHashMap<>();
            condition.put("type", type);
            condition.put("status", status);
            condition.put("reason", delegate.kind().word() + type);
            condition.put("message", delegate.kind().word() + " is " + type);
            condition.put("lastTransitionTime", status.equals(before.get(type)) ? since.get(type) : now);
            conditions.add(condition);
        }
        Map<String, Object> replicas = new LinkedHashMap<>();
        boolean hasSucceeded = holding.contains("Succeeded");
        pods.forEach(pod -> replicas.merge(
                pod.getMetadata().getLabels().get("training.kubeflow.org/replica-type"),
                1,
                (a, b) -> (Integer) a + (Integer) b));
        Map<String, Object> counts = new LinkedHashMap<>();
        replicas.forEach((role, count) -> counts.put(
                role.substring(0, 1).toUpperCase(Locale.ROOT) + role.substring(1),
                Map.of(hasSucceeded ? "succeeded" : "active", count)));
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("conditions", conditions);
        status.put("replicaStatuses", counts);
        if (hasSucceeded || holding.contains("Failed")) {
            status.put("completionTime", now);
        }
        if (JSON.valueToTree(status).equals(json.path("status"))) {
            return;
        }
        object.setAdditionalProperty("status", status);
        client.resource(object).updateStatus();
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }
}

package io.mlengine.backend.k8s.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.mlengine.backend.k8s.pod.GitSync;
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.webhook.PodWishes.Claim;
import io.mlengine.backend.k8s.webhook.PodWishes.Gang;
import io.mlengine.backend.k8s.webhook.PodWishes.Git;
import io.mlengine.backend.k8s.webhook.PodWishes.Value;
import io.mlengine.spi.model.SecretRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Adds to a pod what its annotations ask for: code from git, inputs, variables, the gang. Pure; works on the JSON, so
 * fields of newer versions of Kubernetes survive. It only adds, and what is there already wins, so decorating again changes
 * nothing. The one thing that it replaces is the default scheduler, for a gang.
 */
final class PodDecorator {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String CODE_VOLUME = "mlengine-code";
    private static final String CODE_FOLDER = "/mlengine/code";
    private static final String CODE_INIT = "mlengine-code";
    private static final String CODE_FOLLOWER = "mlengine-code-sync";
    private static final String INPUT = "mlengine-input-";
    private static final String INPUT_FOLDER = "/mlengine/inputs/";
    private static final String DEFAULT_SCHEDULER = "default-scheduler";
    private static final Set<String> ENDING = Set.of("Never", "OnFailure");

    private final Optional<String> gitSyncImage;
    private final boolean hasSideCars;

    /**
     * Makes a decorator.
     *
     * @param gitSyncImage an image of git-sync, version 4; without it no code is brought
     * @param serverMinor minor version of Kubernetes 1
     */
    PodDecorator(Optional<String> gitSyncImage, int serverMinor) {
        this.gitSyncImage = gitSyncImage;
        this.hasSideCars = serverMinor >= PodConfig.FIRST_WITH_SIDE_CARS;
    }

    /**
     * A pod with what was asked for.
     *
     * @param pod the pod; another object than the one that was given
     * @param warnings what was asked for and is not there
     */
    record Decorated(ObjectNode pod, List<String> warnings) {}

    /**
     * Decorates a pod.
     *
     * @param original the pod as it comes, unchanged by this
     * @return the decorated pod
     */
    Decorated decorate(ObjectNode original) {
        ObjectNode pod = original.deepCopy();
        ObjectNode metadata = pod.withObject("/metadata");
        PodWishes wishes = new PodWishes(texts(metadata.path("labels")), texts(metadata.path("annotations")));
        List<String> warnings = new ArrayList<>(wishes.warnings());
        if (!(pod.path("spec") instanceof ObjectNode spec)) {
            return new Decorated(pod, warnings);
        }
        PodParts parts = new PodParts(spec, warnings);
        wishes.git().ifPresent(git -> code(git, spec, parts));
        wishes.inputs().forEach((name, claim) -> input(name, claim, parts));
        wishes.variables().forEach((name, value) -> parts.variable(variable(name, value)));
        wishes.gang().ifPresent(gang -> gang(gang, metadata, spec, warnings));
        return new Decorated(pod, warnings);
    }

    private void code(Git git, ObjectNode spec, PodParts parts) {
        if (gitSyncImage.isEmpty()) {
            parts.warn("no image of git-sync is configured: no code is brought");
            return;
        }
        ObjectNode volume = named(CODE_VOLUME);
        volume.putObject("emptyDir");
        if (!parts.volume(volume)) {
            return;
        }
        GitSync sync = new GitSync(gitSyncImage.get(), CODE_VOLUME, CODE_FOLDER);
        Optional<ObjectNode> keys = sync.keys(git.source()).map(JSON::<ObjectNode>valueToTree);
        if (keys.isPresent() && !parts.volume(keys.get())) {
            return;
        }
        // The mounts first: git-sync's own containers have theirs.
        parts.mount(CODE_VOLUME, CODE_FOLDER, "");
        parts.variable(text(
                "MLENGINE_CODE_DIR",
                CODE_FOLDER + "/" + GitSync.LINK
                        + git.source().path().map(path -> "/" + path).orElse("")));
        parts.firstInitContainer(container(sync.container(CODE_INIT, git.source(), GitSync.Mode.ONCE)));
        if (git.follows()) {
            ObjectNode follower = container(sync.container(CODE_FOLLOWER, git.source(), GitSync.Mode.FOLLOW));
            if (hasSideCars) {
                follower.put("restartPolicy", "Always");
                parts.lastInitContainer(follower);
            } else {
                parts.container(follower);
                if (ENDING.contains(spec.path("restartPolicy").asText())) {
                    parts.warn("before Kubernetes 1.29 a side-car does not end with the others, so the pod never ends:"
                            + " use " + PodAnnotations.GIT_MODE + " once");
                }
            }
        }
    }

    private static ObjectNode container(ContainerBuilder made) {
        return JSON.valueToTree(made
                // Namespaces with a quota refuse containers that do not say what they need.
                .withNewResources()
                .withRequests(Map.of("cpu", new Quantity("100m"), "memory", new Quantity("128Mi")))
                .withLimits(Map.of("cpu", new Quantity("1"), "memory", new Quantity("512Mi")))
                .endResources()
                .editSecurityContext()
                .withRunAsUser(GitSync.USER)
                .withRunAsNonRoot(true)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .build());
    }

    private static void input(String name, Claim claim, PodParts parts) {
        ObjectNode volume = named(INPUT + name);
        volume.putObject("persistentVolumeClaim").put("claimName", claim.claim());
        if (parts.volume(volume)) {
            parts.mount(INPUT + name, INPUT_FOLDER + name, claim.path());
            String variable = "MLENGINE_INPUT_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
            parts.variable(text(variable, INPUT_FOLDER + name));
        }
    }

    private static void gang(Gang gang, ObjectNode metadata, ObjectNode spec, List<String> warnings) {
        String scheduler = spec.path("schedulerName").asText(DEFAULT_SCHEDULER);
        if (!List.of(DEFAULT_SCHEDULER, "", Labels.MANAGER).contains(scheduler)) {
            warnings.add("the pod asks for another scheduler, so its gang is not scheduled as a whole");
            return;
        }
        spec.put("schedulerName", Labels.MANAGER);
        metadata.withObject("/labels").put(PodAnnotations.GANG, gang.name());
    }

    private static ObjectNode variable(String name, Value value) {
        SecretRef secret = value.secret();
        if (secret == null) {
            return text(name, Optional.ofNullable(value.text()).orElse(""));
        }
        ObjectNode variable = named(name);
        variable.putObject("valueFrom")
                .putObject("secretKeyRef")
                .put("name", secret.name())
                .put("key", secret.key());
        return variable;
    }

    private static ObjectNode text(String name, String value) {
        return named(name).put("value", value);
    }

    private static ObjectNode named(String name) {
        return JSON.createObjectNode().put("name", name);
    }

    private static Map<String, String> texts(JsonNode map) {
        Map<String, String> texts = new TreeMap<>();
        map.properties()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        return texts;
    }
}

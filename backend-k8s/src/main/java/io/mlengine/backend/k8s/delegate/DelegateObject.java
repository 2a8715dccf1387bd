package io.mlengine.backend.k8s.delegate;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.mlengine.backend.k8s.pod.JobOwner;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.core.job.Delegate;
import io.mlengine.core.job.DelegateKind;
import io.mlengine.core.job.ExitCodes.Profile;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The object that a job becomes. Pure: the same job gives equal objects. Admission has seen to it that nothing is lost. */
final class DelegateObject {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, Object>> TREE = new TypeReference<>() {};
    private static final Map<String, String> IMPLEMENTATIONS =
            Map.of("openmpi", "OpenMPI", "intel", "Intel", "mpich", "MPICH");

    private final MLTrain train;
    private final Delegate delegate;
    private final DelegateKind kind;
    private final KindWords words;

    private DelegateObject(MLTrain train) {
        this.train = train;
        this.delegate = train.delegate().orElseThrow(() -> new IllegalArgumentException("not handed over"));
        this.kind = delegate.kind();
        this.words = KindWords.of(kind);
    }

    /**
     * Makes the object.
     *
     * @param train a job that admission accepts and that is handed over
     * @param owner its own object
     * @param fence token of whoever makes it
     * @return the object, which is not held back
     */
    static GenericKubernetesResource of(MLTrain train, JobOwner owner, long fence) {
        DelegateObject made = new DelegateObject(train);
        GenericKubernetesResource object = made.named();
        object.setMetadata(new ObjectMetaBuilder()
                .withNamespace(owner.namespace())
                .withName(owner.name())
                .withLabels(train.labels())
                .withAnnotations(annotations(train))
                .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
                .addToLabels(Labels.JOB_NAME, owner.name())
                .addToLabels(Labels.JOB_UID, owner.uid())
                .addToLabels(Labels.QUEUE, train.queue())
                .addToAnnotations(Labels.FENCE, Long.toString(fence))
                .addToAnnotations(Labels.PREEMPTIBLE, Boolean.toString(train.preemptible()))
                .withOwnerReferences(owner.reference())
                .build());
        object.setAdditionalProperty("spec", made.spec());
        return object;
    }

    /** Remarks of users; what engine and API server note on the job's own object is about that. */
    private static Map<String, String> annotations(MLTrain train) {
        Map<String, String> annotations = new LinkedHashMap<>(train.annotations());
        annotations.keySet().removeIf(key -> key.startsWith(Labels.GROUP + "/"));
        return annotations;
    }

    /** What of this very object changes while it lives: whether it is held back, and the number of elastic workers. */
    static GenericKubernetesResource change(MLTrain train, JobOwner owner, String uid, boolean suspend) {
        DelegateObject made = new DelegateObject(train);
        GenericKubernetesResource object = made.named();
        object.setMetadata(new ObjectMetaBuilder()
                .withNamespace(owner.namespace())
                .withName(owner.name())
                .withUid(uid)
                .build());
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("runPolicy", Map.of("suspend", suspend));
        Map<String, Object> sizes = new LinkedHashMap<>();
        train.roles().stream()
                .filter(Role::isElastic)
                .forEach(role -> sizes.put(KindWords.role(role.name()), Map.of("replicas", role.replicas())));
        if (!sizes.isEmpty()) {
            spec.put(made.words.replicaSpecs(), sizes);
        }
        object.setAdditionalProperty("spec", spec);
        return object;
    }

    private GenericKubernetesResource named() {
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setApiVersion(delegate.apiVersion());
        object.setKind(kind.word());
        return object;
    }

    private Map<String, Object> spec() {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("runPolicy", runPolicy());
        FrameworkOptions options = train.frameworkOptions();
        switch (kind) {
            case TF_JOB -> {
                if (train.roles().stream().anyMatch(role -> role.deciders().equals(Optional.of(Deciders.ALL)))) {
                    spec.put("successPolicy", "AllWorkers");
                }
                if (options.flag("dynamicWorkers")) {
                    spec.put("enableDynamicWorker", true);
                }
            }
            case PYTORCH_JOB -> {
                options.text("nprocPerNode").ifPresent(processes -> spec.put("nprocPerNode", processes));
                train.roles().stream()
                        .filter(Role::isElastic)
                        .findFirst()
                        .ifPresent(worker -> spec.put("elasticPolicy", elasticPolicy(worker)));
            }
            case XGBOOST_JOB -> {
                // Its options are ports.
            }
            case MPI_JOB -> mpi(spec, options);
        }
        Map<String, Object> roles = new LinkedHashMap<>();
        for (Role role : train.roles()) {
            roles.put(KindWords.role(role.name()), replicaSpec(role));
        }
        spec.put(words.replicaSpecs(), roles);
        return spec;
    }

    private Map<String, Object> runPolicy() {
        RunPolicy policy = train.runPolicy();
        Map<String, Object> written = new LinkedHashMap<>();
        // "None" would leave running what nobody waits for; the engine's word of that name does not mean it either.
        written.put("cleanPodPolicy", policy.cleanup() == RunPolicy.Cleanup.ALL ? "All" : "Running");
        written.put("backoffLimit", policy.retries().user());
        policy.activeDeadline().ifPresent(time -> written.put("activeDeadlineSeconds", seconds(time)));
        written.put("suspend", false);
        train.scheduling()
                .gangMinimum()
                .ifPresent(least -> written.put("schedulingPolicy", Map.of("minAvailable", least)));
        return written;
    }

    /** Whole seconds, rounded up. */
    private static long seconds(Duration time) {
        return time.plusNanos(999_999_999).toSeconds();
    }

    private Map<String, Object> elasticPolicy(Role worker) {
        FrameworkOptions options = train.frameworkOptions();
        Map<String, Object> policy = new LinkedHashMap<>();
        policy.put("minReplicas", worker.least());
        policy.put("maxReplicas", worker.most());
        options.text("rdzvBackend").ifPresent(backend -> policy.put("rdzvBackend", backend));
        options.integer("maxRestarts").ifPresent(count -> policy.put("maxRestarts", count));
        options.text("rdzvId").ifPresent(id -> policy.put("rdzvId", id));
        options.integer("masterPort").ifPresent(port -> policy.put("rdzvPort", port));
        options.text("rdzvEndpoint").ifPresent(endpoint -> endpoint(policy, endpoint));
        if (options.flag("standalone")) {
            policy.put("standalone", true);
        }
        List<Map<String, Object>> settings = new ArrayList<>();
        for (String setting : options.list("rdzvConf")) {
            int at = setting.indexOf('=');
            settings.add(
                    Map.of("key", at < 0 ? setting : setting.substring(0, at), "value", setting.substring(at + 1)));
        }
        if (!settings.isEmpty()) {
            policy.put("rdzvConf", settings);
        }
        return policy;
    }

    private static void endpoint(Map<String, Object> policy, String endpoint) {
        int at = endpoint.lastIndexOf(':');
        boolean hasPort = at >= 0 && endpoint.substring(at + 1).matches("[0-9]{1,5}");
        policy.put("rdzvHost", hasPort ? endpoint.substring(0, at) : endpoint);
        if (hasPort) {
            policy.put("rdzvPort", Integer.parseInt(endpoint.substring(at + 1)));
        }
    }

    private void mpi(Map<String, Object> spec, FrameworkOptions options) {
        int devices = train.roles().stream()
                .filter(role -> role.name().equals("worker"))
                .mapToInt(role -> role.resources().gpuCount())
                .sum();
        spec.put("slotsPerWorker", options.integer("slotsPerWorker").orElse(Math.max(1, devices)));
        options.text("implementation")
                .filter(word -> !word.equals("openmpi"))
                .ifPresent(word -> spec.put("mpiImplementation", IMPLEMENTATIONS.getOrDefault(word, word)));
        if (options.flag("runLauncherAsWorker")) {
            spec.put("runLauncherAsWorker", true);
        }
        if (train.roles().stream().anyMatch(role -> !role.startAfter().isEmpty())) {
            spec.put("launcherCreationPolicy", "WaitForWorkersReady");
        }
    }

    private Map<String, Object> replicaSpec(Role role) {
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("replicas", role.replicas());
        written.put("restartPolicy", restartPolicy(role));
        written.put("template", JSON.convertValue(DelegateTemplates.of(train, kind, role), TREE));
        return written;
    }

    private String restartPolicy(Role role) {
        boolean isWorkerOfMpi = kind == DelegateKind.MPI_JOB && role.name().equals("worker");
        if (isWorkerOfMpi || delegate.apiVersion().equals(DelegateKind.MPI_V2)) {
            // The launcher decides, and of the newer version it is a Job, which makes a new pod itself.
            return "Never";
        }
        Profile profile = train.runPolicy().exitCodes().profile();
        return switch (profile) {
            case NONE -> "Never";
            case ANY -> "OnFailure";
            case KUBEFLOW -> "ExitCode";
            case KUBEDL, CUSTOM ->
                throw new IllegalArgumentException("no restart policy means these exit codes: " + profile);
        };
    }
}

package io.mlengine.backend.k8s.pod;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.mlengine.spi.backend.LaunchOrder;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.CodeSource;
import io.mlengine.spi.model.DataSource;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.GitSource;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * The variables of a replica: a few of the backend's, then those of job, role and plan, each winning over the one
 * before, and last what only the backend knows.
 */
final class PodVariables {
    static final String ATTEMPT_SECRET = "MLENGINE_ATTEMPT_SECRET";
    static final String PYTHON_FOLDER = "PYTHONUSERBASE";

    private static final String PLAN_DIR = "MLENGINE_PLAN_DIR";

    private final SortedMap<String, EnvVar> variables = new TreeMap<>();

    private PodVariables() {}

    static List<EnvVar> of(PodLaunch launch, LaunchOrder.Start start, Role role) {
        PodVariables made = new PodVariables();
        JobShape job = launch.order().job();
        made.put("PYTHONUNBUFFERED", "1");
        if (PythonStep.isNeeded(job)) {
            made.put(PYTHON_FOLDER, PodFolders.PYTHON);
        }
        made.putAll(job.environment().variables(), Expansion::literal);
        made.putAll(role.env(), Expansion::literal);
        made.putAll(start.plan().env(), Expansion::planned);
        made.code(launch);
        made.identity(launch, start.id());
        made.folders(job);
        made.devices(start.plan(), role.resources());
        return made.list();
    }

    /** The folder of the plan's files comes first: a variable can only refer to one before it. */
    private List<EnvVar> list() {
        variables.remove(PLAN_DIR);
        List<EnvVar> list = new ArrayList<>(variables.values());
        list.add(0, literal(PLAN_DIR, PodFolders.PLAN));
        return list;
    }

    /**
     * All replicas of an attempt have the same, or none: a branch becomes a commit only when the first of them has
     * fetched it, and some are made before, others after that.
     */
    private void code(PodLaunch launch) {
        launch.order()
                .job()
                .code()
                .flatMap(CodeSource::git)
                .map(GitSource::revision)
                .filter(GitCommit::isFull)
                .ifPresent(commit -> put("MLENGINE_CODE_COMMIT", commit));
    }

    private void identity(PodLaunch launch, ReplicaId replica) {
        put("MLENGINE_JOB_ID", replica.attempt().job().value());
        put("MLENGINE_JOB_NAME", launch.order().job().name());
        put("MLENGINE_NAMESPACE", launch.owner().namespace());
        put("MLENGINE_ATTEMPT", Integer.toString(replica.attempt().number()));
        put("MLENGINE_ROLE", replica.role());
        put("MLENGINE_REPLICA_INDEX", Integer.toString(replica.index()));
        put("MLENGINE_REPLICA_COUNT", Long.toString(count(launch, replica.role())));
        put(
                "MLENGINE_STOP_GRACE_SECONDS",
                Long.toString(graceSeconds(launch.order().stopGrace())));
        variables.put(
                ATTEMPT_SECRET,
                secret(ATTEMPT_SECRET, PodNames.secret(launch.owner(), replica.attempt()), ATTEMPT_SECRET));
    }

    private static long count(PodLaunch launch, String role) {
        return launch.reservation().endpoints().stream()
                .filter(endpoint -> endpoint.key().role().equals(role))
                .count();
    }

    /** No file for progress: nobody would read it. Without that variable programs write progress to their output. */
    private void folders(JobShape job) {
        put("MLENGINE_CHECKPOINT_DIR", PodFolders.CHECKPOINTS);
        put("MLENGINE_OUTPUT_DIR", PodFolders.OUTPUTS);
        for (DataSource input : job.inputs()) {
            String name = input.name().toUpperCase(Locale.ROOT).replace('-', '_');
            put("MLENGINE_INPUT_" + name, Expansion.literal(PodVolumes.inputPath(job, input)));
        }
    }

    /**
     * Hides what the replica does not hold: many images ask the runtime for all devices of the node. Else the node says
     * which devices are visible; the devices of others on the same node cannot be shown.
     */
    private void devices(ReplicaPlan plan, Resources resources) {
        boolean holdsSome = resources.gpuCount() > 0
                || resources.extended().keySet().stream().anyMatch(name -> name.startsWith("nvidia.com/"));
        if (!holdsSome || plan.devices() == ReplicaPlan.DeviceVisibility.NONE) {
            put("CUDA_VISIBLE_DEVICES", "-1");
            put("NVIDIA_VISIBLE_DEVICES", "void");
        }
    }

    private void putAll(Map<String, EnvValue> values, UnaryOperator<String> protect) {
        values.forEach((name, value) -> variables.put(name, variable(name, value, protect)));
    }

    private void put(String name, String value) {
        variables.put(name, literal(name, value));
    }

    static EnvVar variable(String name, EnvValue value, UnaryOperator<String> protect) {
        return switch (value.kind()) {
            case LITERAL -> literal(name, protect.apply(((EnvValue.Literal) value).value()));
            case SECRET -> {
                EnvValue.Secret secret = (EnvValue.Secret) value;
                yield secret(name, secret.ref().name(), secret.ref().key());
            }
        };
    }

    static EnvVar literal(String name, String value) {
        return new EnvVarBuilder().withName(name).withValue(value).build();
    }

    static EnvVar secret(String name, String secret, String key) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewSecretKeyRef()
                .withName(secret)
                .withKey(key)
                .endSecretKeyRef()
                .endValueFrom()
                .build();
    }

    /** Whole seconds, rounded up. */
    static long graceSeconds(Duration grace) {
        return grace.plusMillis(999).toSeconds();
    }
}

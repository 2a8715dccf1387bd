package io.mlengine.backend.local;

import io.mlengine.backend.local.prepare.PreparationException;
import io.mlengine.backend.local.prepare.SecretResolver;
import io.mlengine.backend.local.prepare.Workspace;
import io.mlengine.backend.local.process.ShellText;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Makes the variables of a replica: a short list from the engine's own environment, then those of workspace, job, role
 * and plan, each winning over the one before, and last what only the backend knows.
 */
final class ReplicaEnvironment {
    private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

    private final Map<String, String> own;
    private final List<String> passed;
    private final SecretResolver secrets;

    ReplicaEnvironment(Map<String, String> own, List<String> passed, SecretResolver secrets) {
        this.own = own;
        this.passed = passed;
        this.secrets = secrets;
    }

    /**
     * What the variables depend on.
     *
     * @param replicaCount number of replicas of the role in this attempt
     * @param ownDevices ids of the replica's devices
     * @param jobDevices ids of all devices of the attempt
     * @param attemptSecret what the attempt's replicas know each other by
     */
    record Input(
            ReplicaId replica,
            JobShape job,
            ReplicaPlan plan,
            Workspace workspace,
            int replicaCount,
            List<String> ownDevices,
            List<String> jobDevices,
            String attemptSecret,
            Path jobFolder,
            Path replicaFolder,
            Duration stopGrace) {
        Path planFolder() {
            return replicaFolder.resolve("plan");
        }

        @Override
        public String toString() {
            return "Input[" + replica + "]"; // the rest holds secrets
        }
    }

    SortedMap<String, String> of(Input input) throws LaunchFailure {
        TreeMap<String, String> variables = new TreeMap<>();
        for (String name : passed) {
            String value = own.get(name);
            if (value != null) {
                variables.put(name, value);
            }
        }
        variables.putIfAbsent("LANG", "C.UTF-8");
        variables.putIfAbsent("HOME", System.getProperty("user.home", "/"));
        variables.putIfAbsent("USER", System.getProperty("user.name", "root"));
        variables.put("PYTHONUNBUFFERED", "1");
        variables.putAll(input.workspace().variables());
        addAll(variables, input.job().environment().variables());
        var role = input.job().role(input.replica().role());
        if (role.isPresent()) {
            addAll(variables, role.get().env());
        }
        addAll(variables, withPlanFolder(input));
        String path = variables.getOrDefault("PATH", own.getOrDefault("PATH", DEFAULT_PATH));
        variables.put(
                "PATH",
                input.workspace().pathPrefixes().stream()
                        .map(prefix -> prefix + ":")
                        .collect(Collectors.joining("", "", path)));
        addIdentity(variables, input);
        addDevices(variables, input);
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            check(variable.getKey(), variable.getValue());
        }
        return variables;
    }

    private static void check(String name, String value) throws LaunchFailure {
        if (!ShellText.isVariableName(name)) {
            throw LaunchFailure.configuration(
                    "VariableName", "a variable cannot be named " + name + ": use letters, digits and underscores");
        }
        if (value.indexOf('\0') >= 0) {
            throw LaunchFailure.configuration("VariableValue", "the variable " + name + " holds the character NUL");
        }
    }

    /** The plan's own variables; only there, and in the plan's command, does the folder's name stand for its path. */
    private static SortedMap<String, EnvValue> withPlanFolder(Input input) {
        SortedMap<String, EnvValue> variables = new TreeMap<>(input.plan().env());
        variables.replaceAll((name, value) -> value instanceof EnvValue.Literal literal
                ? EnvValue.of(literal.value()
                        .replace(PlanFile.FOLDER, input.planFolder().toString()))
                : value);
        return variables;
    }

    private static void addIdentity(TreeMap<String, String> variables, Input input) {
        ReplicaId replica = input.replica();
        variables.put("MLENGINE_JOB_ID", replica.attempt().job().value());
        variables.put("MLENGINE_JOB_NAME", input.job().name());
        variables.put("MLENGINE_NAMESPACE", input.job().namespace());
        variables.put("MLENGINE_ATTEMPT", Integer.toString(replica.attempt().number()));
        variables.put("MLENGINE_ROLE", replica.role());
        variables.put("MLENGINE_REPLICA_INDEX", Integer.toString(replica.index()));
        variables.put("MLENGINE_REPLICA_COUNT", Integer.toString(input.replicaCount()));
        variables.put(
                "MLENGINE_PROGRESS_FILE",
                input.replicaFolder().resolve("progress.jsonl").toString());
        variables.put(
                "MLENGINE_CHECKPOINT_DIR",
                input.jobFolder().resolve("checkpoints").toString());
        variables.put(
                "MLENGINE_OUTPUT_DIR", input.jobFolder().resolve("outputs").toString());
        variables.put("MLENGINE_PLAN_DIR", input.planFolder().toString());
        variables.put("MLENGINE_ATTEMPT_SECRET", input.attemptSecret());
        variables.put(
                "MLENGINE_STOP_GRACE_SECONDS",
                Long.toString(input.stopGrace().plusMillis(999).toSeconds()));
    }

    /**
     * Hides what the replica does not hold. Made-up GPUs are named in {@code MLENGINE_DEVICES} like real ones, but no
     * driver knows them, so for CUDA there is none. For CUDA "-1" means none, as an empty value is lost in some shells.
     */
    private static void addDevices(TreeMap<String, String> variables, Input input) {
        List<String> visible = switch (input.plan().devices()) {
            case OWN -> input.ownDevices();
            case JOB_ON_HOST -> input.jobDevices();
            case NONE -> List.of();
        };
        List<String> real = visible.stream()
                .filter(id -> id.startsWith("GPU-") || id.startsWith("MIG-"))
                .toList();
        variables.put("MLENGINE_DEVICES", String.join(",", input.ownDevices()));
        variables.put("CUDA_VISIBLE_DEVICES", real.isEmpty() ? "-1" : String.join(",", real));
        variables.put("NVIDIA_VISIBLE_DEVICES", real.isEmpty() ? "void" : String.join(",", real));
    }

    private void addAll(TreeMap<String, String> variables, Map<String, EnvValue> values) throws LaunchFailure {
        for (Map.Entry<String, EnvValue> entry : values.entrySet()) {
            EnvValue value = entry.getValue();
            if (value instanceof EnvValue.Literal literal) {
                variables.put(entry.getKey(), literal.value());
            } else if (value instanceof EnvValue.Secret secret) {
                try {
                    variables.put(entry.getKey(), secrets.resolve(secret.ref()));
                } catch (PreparationException e) {
                    throw new LaunchFailure(e.failureClass(), e.reason(), String.valueOf(e.getMessage()));
                }
            }
        }
    }
}

package io.mlengine.plugins.cases;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.Ready;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What Kubeflow's PyTorchJob sets. It sets the variables of both modes at once; ours are either those of torchrun's agents
 * ({@code PET_}) or those of ranks, and each half is compared with the job of its mode.
 */
final class PyTorchJobCases {
    private static final int OPERATORS_PORT = 23456;

    private final JobCase data;
    private final String name;

    private PyTorchJobCases(JobCase data) {
        this.data = data;
        this.name = data.input().path("name").asText("job");
    }

    static void variables(JobCase data) {
        PyTorchJobCases job = new PyTorchJobCases(data);
        if (data.expect().has("env_by_pod_anchor")) {
            data.expect()
                    .get("env_by_pod_anchor")
                    .properties()
                    .forEach(pod -> job.checkProcesses(pod.getKey(), pod.getValue()));
        } else if (data.expect().has("env_by_pod")) {
            data.expect().get("env_by_pod").properties().forEach(pod -> job.check(pod.getKey(), pod.getValue()));
        } else {
            job.check("worker-0", data.expect().path("env"));
        }
        for (JsonNode absent : data.expect().path("env_absent")) {
            assertThat(env(data, job.agents())).doesNotContainKey(absent.asText());
            assertThat(env(data, job.ranks(job.roles("python", "train.py")))).doesNotContainKey(absent.asText());
        }
    }

    private static SortedMap<String, String> env(JobCase data, JobShape job) {
        return new PyTorchJobCases(data).env(job, data.roles().containsKey("master") ? "master-0" : "worker-0");
    }

    private void check(String pod, JsonNode variables) {
        SortedMap<String, String> expected = JobCase.texts(variables);
        // auto means the CPUs that a replica asks for; TrainJob's own cases say so of one that asks for none.
        expected.replace("PET_NPROC_PER_NODE", "auto", "1");
        SortedMap<String, String> ofRanks = new TreeMap<>(expected);
        ofRanks.keySet().removeIf(variable -> variable.startsWith("PET_"));
        SortedMap<String, String> ofAgents = new TreeMap<>(expected);
        ofAgents.keySet().removeIf(variable -> ofRanks.containsKey(variable) && !variable.startsWith("PYTHON"));

        if (!ofAgents.isEmpty()) {
            SortedMap<String, String> agent = env(agents(), pod);
            assertThat(agent).containsAllEntriesOf(ofAgents);
            assertThat(agent).doesNotContainKeys("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT");
        }
        if (!ofRanks.isEmpty()) {
            SortedMap<String, String> rank = env(ranks(roles("python", "train.py")), pod);
            assertThat(rank).containsAllEntriesOf(ofRanks);
            assertThat(rank.keySet()).noneMatch(variable -> variable.startsWith("PET_"));
        }
    }

    /** There RANK counts pods and WORLD_SIZE processes; here a rank is a process, and both count those. */
    private void checkProcesses(String pod, JsonNode variables) {
        assertThat(data.verdict()).isEqualTo("diverge");
        SortedMap<String, String> ofAgents = JobCase.texts(variables);
        ofAgents.keySet().removeIf(variable -> !variable.startsWith("PET_"));
        assertThat(env(agents(), pod)).containsAllEntriesOf(ofAgents).doesNotContainKeys("RANK", "WORLD_SIZE");

        assertThat(violations(ranks(roles("python", "train.py"))))
                .extracting(Violation::path)
                .containsExactly("spec.frameworkOptions.nprocPerNode");
        int processes = variables.get("WORLD_SIZE").asInt();
        JobShape all = Plans.job(
                "pytorch",
                name,
                Map.of(),
                List.of(Role.named("worker")
                        .replicas(processes)
                        .command("python", "train.py")
                        .build()));
        LaunchPlan plan = Plans.plan(all, Plans.operatorHosts(name));
        for (int rank = 0; rank < processes; rank++) {
            assertThat(Plans.env(plan, "worker-" + rank))
                    .containsEntry("RANK", Integer.toString(rank))
                    .containsEntry("WORLD_SIZE", Integer.toString(processes));
        }
    }

    static void waiting(JobCase data) {
        assertThat(data.verdict()).isEqualTo("diverge");
        PyTorchJobCases job = new PyTorchJobCases(data);
        JobShape withMaster = job.ranks(job.roles("python", "train.py"));
        JobShape filled = Plans.launcher(withMaster).defaults(withMaster);
        assertThat(filled.role("worker").orElseThrow().startAfter()).containsExactly("master");
        assertThat(filled.role("master").orElseThrow().startAfter()).isEmpty();
        assertThat(Plans.plan(withMaster, Plans.operatorHosts("job"))
                        .replica(new ReplicaKey("master", 0))
                        .map(master -> master.ready()))
                .as("an open port, since a name that resolves says nothing of who listens there")
                .contains(Ready.port("master"));

        JobShape without = job.ranks(job.roles("python", "train.py").stream()
                .filter(role -> !role.name().equals("master"))
                .toList());
        assertThat(Plans.launcher(without).defaults(without).roles())
                .allMatch(role -> role.startAfter().isEmpty());
    }

    private JobShape agents() {
        return Plans.job("pytorch", name, options(), roles("torchrun", "train.py"));
    }

    private JobShape ranks(List<Role> roles) {
        return Plans.job("pytorch", name, options(), roles);
    }

    private List<Role> roles(String... command) {
        SortedMap<String, Integer> replicas = data.roles();
        if (replicas.isEmpty()) {
            replicas.put("worker", 1);
        }
        JsonNode policy = data.input().path("elasticPolicy");
        return Plans.roles(replicas, command).stream()
                .map(role -> role.name().equals("worker") && policy.has("minReplicas")
                        ? Role.builder()
                                .from(role)
                                .minReplicas(policy.get("minReplicas").asInt())
                                .maxReplicas(policy.get("maxReplicas").asInt())
                                .build()
                        : role)
                .toList();
    }

    private Map<String, Object> options() {
        JsonNode input = data.input();
        JsonNode policy = input.path("elasticPolicy");
        Map<String, Object> options = new HashMap<>();
        if (!policy.path("standalone").asBoolean()) {
            options.put(
                    "masterPort",
                    input.path("port").asLong(policy.path("rdzvPort").asLong(OPERATORS_PORT)));
        }
        text(input.path("nprocPerNode")).ifPresent(value -> options.put("nprocPerNode", value));
        text(policy.path("nProcPerNode")).ifPresent(value -> options.put("nprocPerNode", value));
        text(policy.path("rdzvBackend")).ifPresent(value -> options.put("rdzvBackend", value));
        text(policy.path("rdzvId")).ifPresent(value -> options.put("rdzvId", value));
        if (policy.has("rdzvHost")) {
            options.put(
                    "rdzvEndpoint",
                    policy.get("rdzvHost").asText() + ":"
                            + policy.path("rdzvPort").asInt(OPERATORS_PORT));
        }
        if (policy.has("rdzvConf")) {
            options.put(
                    "rdzvConf",
                    policy.get("rdzvConf")
                            .valueStream()
                            .map(PyTorchJobCases::setting)
                            .toList());
        }
        if (policy.has("maxRestarts")) {
            options.put("maxRestarts", policy.get("maxRestarts").asLong());
        }
        if (policy.has("standalone")) {
            options.put("standalone", policy.get("standalone").asBoolean());
        }
        return options;
    }

    private static String setting(JsonNode pair) {
        return pair.isArray()
                ? pair.get(0).asText() + "=" + pair.get(1).asText()
                : pair.path("key").asText() + "=" + pair.path("value").asText();
    }

    private static Optional<String> text(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? Optional.empty() : Optional.of(value.asText());
    }

    private SortedMap<String, String> env(JobShape job, String pod) {
        return Plans.env(Plans.plan(job, Plans.operatorHosts(name)), pod);
    }

    private static List<Violation> violations(JobShape job) {
        return Plans.launcher(job).validate(Plans.launcher(job).defaults(job));
    }
}

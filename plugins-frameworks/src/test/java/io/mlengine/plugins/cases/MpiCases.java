package io.mlengine.plugins.cases;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** What mpi-operator and Kubeflow's trainer give to mpirun: the host file and the variables of the launcher. */
final class MpiCases {
    private static final String OPERATORS_FOLDER = "/etc/mpi";

    private MpiCases() {}

    static void hostFile(JobCase data) {
        JsonNode input = data.input();
        Map<String, Object> options = new HashMap<>();
        options.put("implementation", input.get("mpiImplementation").asText().toLowerCase(Locale.ROOT));
        options.put("runLauncherAsWorker", input.path("runLauncherAsWorker").asBoolean());
        if (input.path("slotsPerWorker").isNumber()) {
            options.put("slotsPerWorker", input.get("slotsPerWorker").asLong());
        }
        String name = input.get("name").asText();
        String domain = input.path("clusterDomain").asText();
        String service =
                "." + name + "." + input.get("namespace").asText() + ".svc" + (domain.isEmpty() ? "" : "." + domain);
        ReplicaPlan launcher = launcher(
                job(options, input.get("workers").asInt()),
                key -> name + "-" + (key.role().equals("launcher") ? "launcher" : key.toString()) + service);
        assertThat(lines(launcher)).isEqualTo(texts(data.expect().get("hostfile_lines")));
    }

    /** The trainer's own test lets each set of pods have one pod; the lines tell how many there are and how they are called. */
    static void trainer(JobCase data) {
        boolean launcherRuns = data.input().path("runLauncherAsNode").asBoolean();
        List<String> expected = texts(data.expect().get("hostfile_lines"));
        List<String> hosts =
                expected.stream().map(line -> line.split("[ :]")[0]).toList();
        int before = launcherRuns ? 1 : 0;
        Map<String, Object> options = Map.of("runLauncherAsWorker", launcherRuns);
        ReplicaPlan launcher = launcher(
                job(options, hosts.size() - before),
                key -> key.role().equals("launcher") ? hosts.get(0) : hosts.get(before + key.index()));
        assertThat(lines(launcher)).isEqualTo(expected);
        JobCase.texts(data.expect().get("launcher_env"))
                .forEach((name, value) -> assertThat(env(launcher))
                        // The same file, in our folder for such files.
                        .containsEntry(name, value.replace(OPERATORS_FOLDER, PlanFile.FOLDER)));

        int nodes = data.input().at("/trainer/numNodes").asInt(1);
        JsonNode sets = data.expect().path("podsets");
        assertThat(before + sets.path("node").asInt(nodes - before)).isEqualTo(nodes);
        assertThat(lines(launcher(job(options, nodes - before), ReplicaKey::toString)))
                .as("one line for each node")
                .hasSize(nodes);
        if (launcherRuns) {
            assertThat(lines(launcher(job(options, 0), ReplicaKey::toString)))
                    .as("a job of one node has one, not two")
                    .hasSize(1);
        }
    }

    private static JobShape job(Map<String, Object> options, int workers) {
        List<Role> roles = new ArrayList<>();
        roles.add(Role.named("launcher").command("mpirun", "python", "train.py").build());
        if (workers > 0) {
            roles.add(Role.named("worker").replicas(workers).build());
        }
        return Plans.job("mpi", "job", options, roles);
    }

    private static ReplicaPlan launcher(JobShape job, Function<ReplicaKey, String> hosts) {
        return Plans.plan(job, hosts).replica(new ReplicaKey("launcher", 0)).orElseThrow();
    }

    private static Map<String, String> env(ReplicaPlan plan) {
        return Plans.env(new LaunchPlan(List.of(plan), List.of()), plan.key().toString());
    }

    private static List<String> lines(ReplicaPlan plan) {
        return plan.files().stream()
                .filter(file -> file.path().equals("hostfile"))
                .flatMap(file -> file.content().lines())
                .toList();
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asText).toList();
    }
}

package io.mlengine.plugins.mpi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What mpi-operator and the Kubeflow trainer set for the same job, from the conformance cases; all are adopted. */
class MpiCasesTest {
    private final MpiLauncher launcher = new MpiLauncher();

    @ParameterizedTest
    @ValueSource(strings = {"01", "04", "05", "06", "07", "08"})
    void theHostFileIsThatOfMpiOperator(String number) {
        JsonNode data = caseNamed("mpi-hostfile-" + number);
        JsonNode input = data.get("input");
        Map<String, Object> options = new HashMap<>();
        options.put("implementation", input.get("mpiImplementation").asText().toLowerCase(Locale.ROOT));
        options.put("runLauncherAsWorker", input.get("runLauncherAsWorker").asBoolean());
        if (!input.get("slotsPerWorker").isNull()) {
            options.put("slotsPerWorker", input.get("slotsPerWorker").asLong());
        }
        JobShape job = Jobs.with(
                options, Jobs.launcher(), Jobs.workers(input.get("workers").asInt()));
        String name = input.get("name").asText();
        String domain = input.get("clusterDomain").asText();
        String service =
                "." + name + "." + input.get("namespace").asText() + ".svc" + (domain.isEmpty() ? "" : "." + domain);
        ReplicaPlan plan = launcherPlan(
                job, key -> name + "-" + (key.role().equals("launcher") ? "launcher" : key.toString()) + service);
        assertThat(hostFile(plan)).isEqualTo(texts(data.at("/expect/hostfile_lines")));
    }

    @Test
    void aLauncherThatIsAlsoANodeGetsWhatTheTrainerGivesIt() {
        JsonNode data = caseNamed("trainer-mpi-launcher-as-node");
        String name = data.at("/input/job").asText();
        // One node for each set of pods, as the trainer's own test has it.
        JobShape job = Jobs.with(Map.of("runLauncherAsWorker", true), Jobs.launcher(), Jobs.workers(1));
        ReplicaPlan plan = launcherPlan(
                job,
                key -> key.role().equals("launcher")
                        ? name + "-launcher-0-0." + name
                        : name + "-node-1-" + key.index() + "." + name);
        assertThat(hostFile(plan)).isEqualTo(texts(data.at("/expect/hostfile_lines")));
        data.at("/expect/launcher_env")
                .properties()
                .forEach(variable -> assertThat(plan.env())
                        .containsEntry(
                                variable.getKey(),
                                // The same file in our folder for such files.
                                EnvValue.of(variable.getValue().asText().replace("/etc/mpi", PlanFile.FOLDER))));

        int nodes = data.at("/input/trainer/numNodes").asInt();
        JobShape whole = Jobs.with(Map.of("runLauncherAsWorker", true), Jobs.launcher(), Jobs.workers(nodes - 1));
        assertThat(hostFile(launcherPlan(whole, ReplicaKey::toString))).hasSize(nodes);
    }

    @Test
    void oneNodeIsOneNode() {
        // The case's note: elsewhere a job of one node gets two.
        JobShape job = Jobs.with(Map.of("runLauncherAsWorker", true), Jobs.launcher());
        assertThat(hostFile(launcherPlan(job, ReplicaKey::toString))).containsExactly("launcher-0 slots=1");
    }

    @Test
    void reservesWhatTheTrainerReserves() {
        List<String> reserved = launcher.reservedVariables(Jobs.of(Jobs.launcher(), Jobs.workers(1)));
        JsonNode environment = caseNamed("trainer-mpi-launcher-as-node").at("/expect/launcher_env");
        assertThat(reserved)
                .contains(caseNamed("trainer-reserved-env")
                        .at("/input/trainer.env_reserved/mpi/0")
                        .asText());
        environment.fieldNames().forEachRemaining(name -> assertThat(reserved).contains(name));
    }

    private ReplicaPlan launcherPlan(JobShape submitted, Function<ReplicaKey, String> hosts) {
        JobShape job = launcher.defaults(submitted);
        assertThat(launcher.validate(job)).isEmpty();
        Map<ReplicaKey, TreeMap<String, Integer>> ports = new HashMap<>();
        launcher.needs(job)
                .ports()
                .forEach(port -> ports.computeIfAbsent(port.replica(), any -> new TreeMap<>())
                        .put(port.name(), port.preferred()));
        List<Member> members = new ArrayList<>();
        for (Role role : job.roles()) {
            for (int index = 0; index < role.replicas(); index++) {
                ReplicaKey key = new ReplicaKey(role.name(), index);
                members.add(new Member(key, hosts.apply(key), ports.getOrDefault(key, new TreeMap<>()), List.of(), 0));
            }
        }
        ClusterView view = ClusterView.builder()
                .attempt(new AttemptId(JobId.of("j-1"), 1))
                .job(job)
                .members(members)
                .build();
        return launcher.plan(view).replica(new ReplicaKey("launcher", 0)).orElseThrow();
    }

    private static List<String> hostFile(ReplicaPlan plan) {
        return plan.files().stream()
                .filter(file -> file.path().equals("hostfile"))
                .flatMap(file -> file.content().lines())
                .toList();
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static JsonNode caseNamed(String id) {
        try (InputStream file = MpiCasesTest.class.getResourceAsStream("/cases/" + id + ".json")) {
            return new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new AssertionError("no such case: " + id, e);
        }
    }
}

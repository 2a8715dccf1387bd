package io.mlengine.plugins.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.Ready;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What other systems set for the same job, from the conformance cases. An adopted case gives the same values, a divergent
 * one does what its note asks for.
 */
class PyTorchCasesTest {
    private final PyTorchLauncher launcher = new PyTorchLauncher();

    @Test
    void elasticPolicyBecomesTheSameRendezvous() {
        JsonNode policy = caseNamed("pytorch-env-01-elastic").at("/input/elasticPolicy");
        List<String> conf = new ArrayList<>();
        policy.get("rdzvConf")
                .forEach(pair ->
                        conf.add(pair.get(0).asText() + "=" + pair.get(1).asText()));
        JobShape job = Jobs.with(
                Map.of(
                        "rdzvBackend", policy.get("rdzvBackend").asText(),
                        "rdzvEndpoint",
                                policy.get("rdzvHost").asText() + ":"
                                        + policy.get("rdzvPort").asInt(),
                        "rdzvId", policy.get("rdzvId").asText(),
                        "rdzvConf", conf,
                        "maxRestarts", policy.get("maxRestarts").asLong()),
                Jobs.elastic(
                        policy.get("minReplicas").asInt(),
                        1,
                        policy.get("maxReplicas").asInt()));
        assertThat(env(plan(job, key -> key.toString()), "worker-0"))
                .containsAllEntriesOf(texts(caseNamed("pytorch-env-01-elastic").at("/expect/env")));
    }

    @Test
    void masterAndWorkersGetOneSetOfVariablesOrTheOther() {
        JsonNode expected = caseNamed("pytorch-env-03-master-workers").at("/expect/env_by_pod");
        Function<ReplicaKey, String> hosts = key -> "pytorch-simple-" + key;
        Map<String, Object> port = Map.of("masterPort", 23456);
        LaunchPlan ranks = plan(Jobs.with(port, Jobs.script("master", 1), Jobs.script("worker", 2)), hosts);
        LaunchPlan agents = plan(Jobs.with(port, Jobs.torchrun("master", 1), Jobs.torchrun("worker", 2)), hosts);
        expected.fieldNames().forEachRemaining(replica -> {
            SortedMap<String, String> all = texts(expected.get(replica));
            // auto means the CPUs of the replica, and it has asked for none: see trainer-torch-03.
            all.remove("PET_NPROC_PER_NODE");
            Map<String, String> ofAgents = new TreeMap<>(all);
            ofAgents.keySet().removeIf(name -> !name.startsWith("PET_") && !name.startsWith("PYTHON"));
            Map<String, String> ofRanks = new TreeMap<>(all);
            ofRanks.keySet().removeIf(name -> name.startsWith("PET_"));
            assertThat(env(ranks, replica)).containsAllEntriesOf(ofRanks);
            assertThat(env(agents, replica)).containsAllEntriesOf(ofAgents);
            assertThat(env(ranks, replica).keySet()).noneMatch(name -> name.startsWith("PET_"));
            assertThat(env(agents, replica)).doesNotContainKeys("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT");
        });
    }

    @Test
    void ranksAndWorldAreBothCountedInProcesses() {
        JsonNode anchor = caseNamed("pytorch-env-04-nproc-int").at("/expect/env_by_pod_anchor/worker-0");
        Map<String, Object> four = Map.of("nprocPerNode", "4");
        SortedMap<String, String> agent = env(
                plan(Jobs.with(four, Jobs.torchrun("master", 1), Jobs.torchrun("worker", 1)), ReplicaKey::toString),
                "worker-0");
        SortedMap<String, String> expected = texts(anchor);
        expected.keySet().removeIf(name -> !name.startsWith("PET_"));
        assertThat(agent).containsAllEntriesOf(expected).doesNotContainKeys("RANK", "WORLD_SIZE");

        JobShape ranks = Jobs.with(four, Jobs.script("master", 1), Jobs.script("worker", 1));
        assertThat(launcher.validate(ranks))
                .extracting(Violation::path)
                .containsExactly("spec.frameworkOptions.nprocPerNode");
        JobShape eight = Jobs.of(Jobs.script("master", 1), Jobs.script("worker", 7));
        assertThat(env(plan(eight, ReplicaKey::toString), "worker-6"))
                .containsEntry("RANK", "7")
                .containsEntry("WORLD_SIZE", "8");
    }

    @Test
    void standaloneIsANumber() {
        JobShape job = Jobs.with(Map.of("standalone", true), Jobs.torchrun("worker", 1));
        assertThat(env(plan(job, ReplicaKey::toString), "worker-0"))
                .containsAllEntriesOf(
                        texts(caseNamed("pytorch-env-05-standalone").at("/expect/env")));
    }

    @Test
    void workersWaitForTheMastersPortNotForItsName() {
        assertThat(caseNamed("pytorch-initcontainer").get("note").asText()).contains("gates on the port");
        JobShape job = launcher.defaults(Jobs.of(Jobs.script("master", 1), Jobs.script("worker", 1)));
        assertThat(job.role("worker").orElseThrow().startAfter()).containsExactly("master");
        assertThat(job.role("master").orElseThrow().startAfter()).isEmpty();
        assertThat(plan(job, ReplicaKey::toString)
                        .replica(new ReplicaKey("master", 0))
                        .orElseThrow()
                        .ready())
                .isEqualTo(Ready.port("master"));

        JobShape noMaster = launcher.defaults(Jobs.of(Jobs.script("worker", 2)));
        assertThat(noMaster.roles()).allMatch(role -> role.startAfter().isEmpty());
        assertThat(plan(noMaster, ReplicaKey::toString).replicas())
                .allMatch(replica -> replica.ready().equals(Ready.STARTED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"02", "03", "05", "06", "08"})
    void trainersTorchPluginGivesTheSame(String number) {
        JsonNode data = caseNamed("trainer-torch-" + number);
        JsonNode input = data.get("input");
        Resources.Builder resources = Resources.builder()
                .cpuMillis(new BigDecimal(input.path("cpu").asText("0"))
                        .movePointRight(3)
                        .longValueExact());
        if (input.has("gpu")) {
            resources.gpus(input.get("gpu").asInt());
        }
        Role node = Role.builder()
                .from(Jobs.torchrun("node", 1))
                .resources(resources.build())
                .build();
        JobShape job =
                Jobs.with(Map.of("nprocPerNode", input.get("numProcPerNode").asText()), node);
        String name = input.get("job").asText();
        SortedMap<String, String> expected = texts(data.at("/expect/env"));
        expected.put("PET_NODE_RANK", "0");
        assertThat(env(plan(job, key -> name + "-node-0-" + key.index() + "." + name), "node-0"))
                .containsAllEntriesOf(expected);
    }

    @Test
    void reservesWhatTheTrainerReserves() {
        List<String> reserved = launcher.reservedVariables(Jobs.of(Jobs.torchrun("worker", 1)));
        caseNamed("trainer-reserved-env")
                .get("input")
                .get("trainer.env_reserved")
                .get("torch")
                .forEach(name -> assertThat(reserved).contains(name.asText()));
    }

    private LaunchPlan plan(JobShape submitted, Function<ReplicaKey, String> hosts) {
        JobShape job = launcher.defaults(submitted);
        assertThat(launcher.validate(job)).isEmpty();
        Map<ReplicaKey, SortedMap<String, Integer>> ports = new HashMap<>();
        launcher.needs(job)
                .ports()
                .forEach(port -> ports.computeIfAbsent(port.replica(), any -> new TreeMap<>())
                        .put(port.name(), port.preferred()));
        List<Member> members = new ArrayList<>();
        for (Role role : job.roles()) {
            for (int index = 0; index < role.replicas(); index++) {
                ReplicaKey key = new ReplicaKey(role.name(), index);
                members.add(new Member(
                        key,
                        hosts.apply(key),
                        ports.getOrDefault(key, new TreeMap<>()),
                        List.of(),
                        role.resources().gpuCount()));
            }
        }
        return launcher.plan(ClusterView.builder()
                .attempt(new AttemptId(JobId.of("j-1"), 1))
                .job(job)
                .members(members)
                .build());
    }

    private static SortedMap<String, String> env(LaunchPlan plan, String replica) {
        SortedMap<String, String> env = new TreeMap<>();
        plan.replicas().stream()
                .filter(each -> each.key().toString().equals(replica))
                .flatMap(each -> each.env().entrySet().stream())
                .forEach(variable -> env.put(variable.getKey(), ((EnvValue.Literal) variable.getValue()).value()));
        return env;
    }

    private static SortedMap<String, String> texts(JsonNode object) {
        SortedMap<String, String> texts = new TreeMap<>();
        object.properties()
                .forEach(field -> texts.put(field.getKey(), field.getValue().asText()));
        return texts;
    }

    private static JsonNode caseNamed(String id) {
        try (InputStream file = PyTorchCasesTest.class.getResourceAsStream("/cases/" + id + ".json")) {
            return new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new AssertionError("no such case: " + id, e);
        }
    }
}

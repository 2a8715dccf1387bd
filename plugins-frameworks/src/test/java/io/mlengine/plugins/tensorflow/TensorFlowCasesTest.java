package io.mlengine.plugins.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.ExitStatus;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaId;
import io.mlengine.spi.model.Role;
import io.mlengine.testkit.arbitrary.ClusterViews.Place;
import io.mlengine.testkit.sim.DirectLaunchers;
import io.mlengine.testkit.sim.ReplicaScript;
import io.mlengine.testkit.sim.SimulatedEngine;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Kubeflow's TFJob does for the same job, from the conformance cases. */
class TensorFlowCasesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void aSingleWorkerIsToldNothing() {
        JsonNode data = caseNamed("tf-config-01-single-worker-none");
        JobShape job = Jobs.of(roles(data).toArray(Role[]::new));
        assertThat(Jobs.tfConfig(Jobs.plan(job, Place.PODS), "worker-0")).isEmpty();
    }

    @Test
    void onOneHostAllAreToldTheSameClusterOfPortsOfTheirOwn() throws IOException {
        JsonNode data = caseNamed("tf-config-06-local-host");
        LaunchPlan plan = Jobs.plan(Jobs.of(roles(data).toArray(Role[]::new)), Place.ONE_HOST);
        Set<JsonNode> clusters = new HashSet<>();
        Set<JsonNode> tasks = new HashSet<>();
        for (String replica : List.of("chief-0", "worker-0", "worker-1", "ps-0")) {
            JsonNode config = JSON.readTree(Jobs.tfConfig(plan, replica).orElseThrow());
            clusters.add(config.get("cluster"));
            tasks.add(config.get("task"));
        }
        assertThat(tasks).hasSize(4);
        assertThat(clusters).hasSize(1);
        List<String> addresses = new ArrayList<>();
        clusters.iterator().next().forEach(role -> role.forEach(address -> addresses.add(address.asText())));
        assertThat(addresses)
                .hasSize(4)
                .doesNotHaveDuplicates()
                .allMatch(address -> address.matches("127\\.0\\.0\\.1:\\d+"));
    }

    /** The table of Kubeflow's status_test, each row played by a whole engine in the simulated world. */
    @ParameterizedTest
    @ValueSource(strings = {"01", "02", "03", "05", "09", "10", "11", "13", "14", "15", "16", "17"})
    void theJobIsInThePhaseThatItsReplicasMake(String number) {
        JsonNode data = caseNamed("tf-status-" + number);
        SimulatedEngine engine = SimulatedEngine.builder()
                .seed(1)
                .nodes(2, 16, 0)
                .launchers(new DirectLaunchers(List.of(new TensorFlowLauncher())))
                .replicas(replica -> script(data, replica))
                .build();
        JobHandle job = engine.submit(MLTrain.named("table")
                .framework("tensorflow")
                .roles(roles(data))
                .build());
        engine.runFor(Duration.ofMinutes(5));
        assertThat(job.view().phase())
                .isEqualTo(Phase.valueOf(data.at("/expect/phase").asText().toUpperCase(Locale.ROOT)));
    }

    /** The case counts by outcome; where it does not name who succeeded, it is not worker 0, which would decide. */
    private static ReplicaScript script(JsonNode data, ReplicaId replica) {
        String role = capitalized(replica.role());
        JsonNode pods = data.at("/input/replica_pods");
        JsonNode counts = pods.path(role);
        JsonNode named = pods.at("/succeeded_indices/" + role);
        int replicas = data.at("/input/roles/" + role).asInt();
        boolean succeeds = named.isMissingNode()
                ? replica.index() >= replicas - counts.path("succeeded").asInt()
                : named.toString().contains(Integer.toString(replica.index()));
        if (succeeds) {
            return ReplicaScript.succeedsAfter(Duration.ofSeconds(30));
        }
        return replica.index() < counts.path("failed").asInt()
                ? ReplicaScript.failsAfter(Duration.ofSeconds(30), ExitStatus.ofCode(1))
                : ReplicaScript.forever();
    }

    private static List<Role> roles(JsonNode data) {
        boolean allDecide = data.at("/input/successPolicy").asText().equals("AllWorkers");
        List<Role> roles = new ArrayList<>();
        for (var role : data.at("/input/roles").properties()) {
            int replicas =
                    role.getValue().path("replicas").asInt(role.getValue().asInt());
            if (replicas > 0) {
                Role.Builder wanted =
                        Role.builder().from(Jobs.role(role.getKey().toLowerCase(Locale.ROOT), replicas));
                roles.add((allDecide ? wanted.deciders(Deciders.ALL) : wanted).build());
            }
        }
        return roles;
    }

    private static String capitalized(String role) {
        return role.equals("ps") ? "PS" : role.substring(0, 1).toUpperCase(Locale.ROOT) + role.substring(1);
    }

    private static JsonNode caseNamed(String id) {
        try (InputStream file = TensorFlowCasesTest.class.getResourceAsStream("/cases/" + id + ".json")) {
            return JSON.readTree(file);
        } catch (IOException e) {
            throw new AssertionError("no such case: " + id, e);
        }
    }
}

package io.mlengine.plugins.horovod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.EnvValue;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What Horovod's own launcher gives to the same processes, from the conformance cases. */
class HorovodCasesTest {
    private final HorovodLauncher launcher = new HorovodLauncher();

    @Test
    void processesGetTheSlotsThatHorovodrunWouldGiveThem() {
        JsonNode data = caseNamed("horovod-slots-01-homog");
        List<String> hosts = new ArrayList<>();
        hosts(data).forEach((host, slots) -> {
            for (int slot = 0; slot < slots; slot++) {
                hosts.add(host);
            }
        });
        LaunchPlan plan = plan(hosts);
        JsonNode expected = data.at("/expect/slots");
        assertThat(expected).hasSize(data.at("/input/np").asInt());
        for (int index = 0; index < expected.size(); index++) {
            assertThat(env(plan, index)).containsAllEntriesOf(texts(expected.get(index)));
        }
    }

    @Test
    void moreProcessesThanSlotsAreRefusedInTheSameWords() {
        JsonNode data = caseNamed("horovod-slots-04-too-few");
        assertThatThrownBy(() -> Slot.assign(hosts(data), data.at("/input/np").asInt()))
                .hasMessage(data.at("/expect/error").asText());
    }

    private LaunchPlan plan(List<String> hosts) {
        JobShape job = launcher.defaults(Jobs.of(Jobs.worker(hosts.size())));
        List<Member> members = new ArrayList<>();
        for (int index = 0; index < hosts.size(); index++) {
            members.add(new Member(new ReplicaKey("worker", index), hosts.get(index), new TreeMap<>(), List.of(), 0));
        }
        members.add(new Member(
                new ReplicaKey(Companion.RENDEZVOUS.roleName(), 0),
                hosts.get(0),
                new TreeMap<>(Map.of("meeting", 29600)),
                List.of(),
                0));
        return launcher.plan(ClusterView.builder()
                .attempt(new AttemptId(JobId.of("j-1"), 1))
                .job(job)
                .members(members)
                .build());
    }

    private static Map<String, Integer> hosts(JsonNode data) {
        Map<String, Integer> hosts = new LinkedHashMap<>();
        for (String host : data.at("/input/hosts").asText().split(",")) {
            String[] parts = host.split(":");
            hosts.put(parts[0], Integer.parseInt(parts[1]));
        }
        return hosts;
    }

    private static SortedMap<String, String> env(LaunchPlan plan, int worker) {
        SortedMap<String, String> env = new TreeMap<>();
        plan.replica(new ReplicaKey("worker", worker))
                .orElseThrow()
                .env()
                .forEach((name, value) -> env.put(name, ((EnvValue.Literal) value).value()));
        return env;
    }

    private static SortedMap<String, String> texts(JsonNode object) {
        SortedMap<String, String> texts = new TreeMap<>();
        object.properties()
                .forEach(field -> texts.put(field.getKey(), field.getValue().asText()));
        return texts;
    }

    static JsonNode caseNamed(String id) {
        try (InputStream file = HorovodCasesTest.class.getResourceAsStream("/cases/" + id + ".json")) {
            return new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new AssertionError("no such case: " + id, e);
        }
    }
}

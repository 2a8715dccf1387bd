package io.mlengine.plugins.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.mlengine.plugins.PlannedProcess;
import io.mlengine.plugins.horovod.Slots;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Role;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Horovod: the slots that its processes are given, and the server at which they meet. */
final class HorovodCases {
    private static final int KNOWN = 200;
    private static final int UNKNOWN = 404;

    private HorovodCases() {}

    static void slots(JobCase data) {
        Map<String, Integer> slotsOfHosts = new LinkedHashMap<>();
        for (String host : data.input().get("hosts").asText().split(",")) {
            String[] parts = host.split(":");
            slotsOfHosts.put(parts[0], Integer.parseInt(parts[1]));
        }
        int processes = data.input().get("np").asInt();
        if (data.expect().has("error")) {
            // A replica always has its place here, so no job can come to this; whoever gives out slots must refuse it
            // still.
            assertThatThrownBy(() -> Slots.assign(slotsOfHosts, processes))
                    .hasMessage(data.expect().get("error").asText());
            return;
        }
        List<String> hosts = new ArrayList<>();
        slotsOfHosts.forEach((host, slots) -> {
            for (int slot = 0; slot < slots && hosts.size() < processes; slot++) {
                hosts.add(host);
            }
        });
        LaunchPlan plan =
                Plans.plan(job(processes), key -> key.role().equals("worker") ? hosts.get(key.index()) : "rendezvous");
        JsonNode expected = data.expect().get("slots");
        assertThat(expected).hasSize(processes);
        for (int rank = 0; rank < processes; rank++) {
            assertThat(Plans.env(plan, "worker-" + rank)).containsAllEntriesOf(JobCase.texts(expected.get(rank)));
        }
    }

    /** Our server, as a process: three processes, of which two are on hostA. */
    static void keyValueServer(JobCase data) throws IOException, InterruptedException {
        int port = PlannedProcess.freePort();
        LaunchPlan plan = Plans.plan(
                job(3),
                key -> !key.role().equals("worker") ? "127.0.0.1" : key.index() < 2 ? "hostA" : "hostB",
                any -> port);
        ReplicaPlan server = plan.replicas().stream()
                .filter(replica -> !replica.key().role().equals("worker"))
                .findFirst()
                .orElseThrow();
        try (PlanFolder folder = PlanFolder.create();
                PlannedProcess process = PlannedProcess.start(server, folder.path())) {
            process.awaitFirstLine();
            Client client = new Client(HttpClient.newHttpClient(), port);
            answersAsInTheCase(client, data);
            if (data.expect().has("rule")) {
                forgetsAScopeThatAllHaveLeft(client, data.expect().get("rule").asText());
            }
        }
    }

    private static void answersAsInTheCase(Client client, JobCase data) throws IOException, InterruptedException {
        JsonNode requests = data.input().get("http");
        JsonNode responses = data.expect().get("responses");
        assertThat(requests).hasSameSizeAs(responses);
        for (int i = 0; i < requests.size(); i++) {
            JsonNode request = requests.get(i);
            HttpResponse<String> response = client.send(
                    request.get(0).asText(),
                    request.get(1).asText(),
                    request.path(2).asText());
            String[] expected = responses.get(i).asText().split(" body ", 2);
            assertThat(response.statusCode()).as("%s", request).isEqualTo(Integer.parseInt(expected[0]));
            if (expected.length > 1) {
                assertThat(response.body()).isEqualTo(expected[1]);
            }
        }
    }

    private static void forgetsAScopeThatAllHaveLeft(Client client, String rule)
            throws IOException, InterruptedException {
        assertThat(rule)
                .contains("global=size, local_<host>=local_size, cross_<local_rank>=cross_size")
                .contains("dropped when as many distinct DELETEs as its size have arrived");
        for (Map.Entry<String, Integer> scope : Map.of(
                        "global", 3, "local_hostA", 2, "local_hostB", 1, "cross_0", 2, "cross_1", 1)
                .entrySet()) {
            String folder = "/" + scope.getKey() + "/";
            client.send("PUT", folder + "k", "value");
            for (int rank = 0; rank < scope.getValue(); rank++) {
                assertThat(client.send("GET", folder + "k", "").statusCode())
                        .as(folder)
                        .isEqualTo(KNOWN);
                // Whoever asks twice counts once.
                client.send("DELETE", folder + rank, "");
                if (rank + 1 < scope.getValue()) {
                    client.send("DELETE", folder + rank, "");
                }
            }
            assertThat(client.send("GET", folder + "k", "").statusCode())
                    .as(folder)
                    .isEqualTo(UNKNOWN);
        }
    }

    private static JobShape job(int processes) {
        Role worker = Role.named("worker")
                .replicas(processes)
                .command("python", "train.py")
                .build();
        return Plans.job("horovod", "job", Map.of(), List.of(worker));
    }

    private record Client(HttpClient http, int port) {
        HttpResponse<String> send(String method, String path, String body) throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .method(method, method.equals("PUT") ? BodyPublishers.ofString(body) : BodyPublishers.noBody())
                    .build();
            return http.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
        }
    }
}

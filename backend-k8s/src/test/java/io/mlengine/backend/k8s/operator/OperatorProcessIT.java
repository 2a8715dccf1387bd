package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.core.time.SystemClock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two processes with their elections and endpoints at a real API server; their engines are fakes. */
@Timeout(120)
class OperatorProcessIT {
    private final KubernetesServer server = KubernetesServer.shared();
    private final HttpClient http = HttpClient.newHttpClient();
    private final SystemClock clock = new SystemClock();
    private final List<String> happened = new CopyOnWriteArrayList<>();
    private final Set<String> asked = new ConcurrentSkipListSet<>();

    private OperatorProcess process(String namespace, EngineFactory engines) {
        OperatorSettings settings = OperatorSettings.builder()
                .kubeconfig(server.kubeconfig())
                .namespace(namespace)
                .leaseDuration(Duration.ofSeconds(2))
                .metricsPort(0)
                .build();
        OperatorProcess process = new OperatorProcess(
                settings,
                ClusterAddress.of(settings),
                engines,
                new OperatorProcess.Checks(NamedChecks.NONE, new NamedChecks(Map.of("caches", () -> ""))),
                new OperatorProcess.Metrics(
                        () -> "", (verb, resource, status, took) -> asked.add(verb + " " + resource)),
                clock);
        process.start();
        return process;
    }

    private String readiness(OperatorProcess process) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + process.address().getPort() + "/readyz");
        HttpResponse<String> response =
                http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    private static void awaitRole(OperatorProcess process, String role) {
        Await.until("role " + role, () -> role.equals(process.health().details().get("role")));
    }

    @Test
    void oneLeadsAndTheOtherIsReadyAndFollowsWhenItCloses() throws Exception {
        String namespace = server.newNamespace();
        // One for both: it fails when there are two engines at a time.
        EngineFactory engines = new FakeEngines(happened);
        OperatorProcess first = process(namespace, engines);
        awaitRole(first, "LEADING");
        try (OperatorProcess second = process(namespace, engines)) {
            assertThat(readiness(first))
                    .contains(
                            "UP\n",
                            "[+]caches ok",
                            "[+]informers ok",
                            "leadsUntil: ",
                            "role: LEADING",
                            "readyz check passed");
            assertThat(readiness(second)).contains("UP\n", "[+]caches ok", "role: STAND_BY");

            first.close();
            awaitRole(second, "LEADING");

            assertThat(first.isLeading()).isFalse();
            assertThat(happened).containsExactly("started 1", "closed 1 while held", "started 2");
            assertThat(asked).as("its requests are counted").contains("GET leases", "POST leases", "PUT leases");
        } finally {
            first.close();
            clock.close();
        }
    }
}

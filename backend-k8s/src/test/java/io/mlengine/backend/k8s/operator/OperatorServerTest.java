package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.api.Health;
import io.mlengine.testkit.time.VirtualTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OperatorServerTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private Health health = new Health(Health.Status.UP, new TreeMap<>());
    private String webhook = "";
    private Supplier<String> metrics = () -> "mlengine_jobs 3.0\n";

    private HttpResponse<String> ask(String method, String path) throws IOException, InterruptedException {
        InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        Map<String, Supplier<String>> checks = new LinkedHashMap<>();
        checks.put("informers", () -> "");
        checks.put("webhook-server", () -> webhook);
        NamedChecks ready = new NamedChecks(checks);
        NamedChecks live = new NamedChecks(Map.of("election", () -> {
            throw new IllegalStateException("stuck");
        }));
        try (OperatorServer server = OperatorServer.start(
                anywhere,
                () -> ProbeReport.of(live),
                () -> new ProbeReport(ready.troubles(), health),
                () -> metrics.get())) {
            URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
            return client.send(
                    HttpRequest.newBuilder(uri)
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void eachCheckIsNamedAsKubernetesDoesAndDetailsFollow() throws Exception {
        health = new Health(Health.Status.DEGRADED, new TreeMap<>(Map.of("store", "slow\nvery")));

        HttpResponse<String> response = ask("GET", "/readyz?verbose");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("""
                DEGRADED
                [+]informers ok
                [+]webhook-server ok
                store: slow very
                readyz check passed
                """);
        assertThat(ask("GET", "/readyz").body()).isEqualTo(response.body());
    }

    @Test
    void oneCheckThatFailsIsEnough() throws Exception {
        webhook = "it does not answer";

        HttpResponse<String> response = ask("GET", "/readyz");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).isEqualTo("""
                DOWN
                [+]informers ok
                [-]webhook-server failed: it does not answer
                readyz check failed
                """);
    }

    @Test
    void whatIsDownIsUnavailableThoughAllChecksPass() throws Exception {
        health = new Health(Health.Status.DOWN, new TreeMap<>());

        assertThat(ask("GET", "/readyz").statusCode()).isEqualTo(503);
    }

    @Test
    void aCheckThatThrowsHasFailed() throws Exception {
        HttpResponse<String> response = ask("GET", "/healthz");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).contains("[-]election failed: the check itself failed: ", "healthz check failed");
    }

    @Test
    void metricsAreInTheFormOfPrometheus() throws Exception {
        HttpResponse<String> response = ask("GET", "/metrics");

        assertThat(response.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body()).isEqualTo("mlengine_jobs 3.0\n");
    }

    @Test
    void aFaultIsNotShown() throws Exception {
        metrics = () -> {
            throw new IllegalStateException("secret");
        };

        HttpResponse<String> response = ask("GET", "/metrics");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).isEqualTo("failed\n");
    }

    @Test
    void nothingElseIsAnswered() throws Exception {
        assertThat(ask("GET", "/").statusCode()).isEqualTo(404);
        assertThat(ask("GET", "/healthz/more").statusCode()).isEqualTo(404);
        assertThat(ask("POST", "/healthz").statusCode()).isEqualTo(405);
        assertThat(ask("HEAD", "/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void patienceEndsAfterItsTimeAndBeginsAnewWhenAllIsWell() {
        VirtualTime time = new VirtualTime();
        AtomicReference<String> trouble = new AtomicReference<>("silent");
        PatientCheck check = new PatientCheck(trouble::get, Duration.ofMinutes(1), time);

        time.advance(Duration.ofSeconds(60));
        assertThat(check.get()).isEmpty();
        time.advance(Duration.ofSeconds(1));
        assertThat(check.get()).isEqualTo("silent, for more than 60 s");
        trouble.set("");
        assertThat(check.get()).isEmpty();
        trouble.set("silent");
        time.advance(Duration.ofSeconds(59));
        assertThat(check.get()).isEmpty();
    }
}

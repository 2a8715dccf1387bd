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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OperatorServerTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private Health live = new Health(Health.Status.UP, new TreeMap<>());
    private Supplier<String> metrics = () -> "mlengine_jobs 3.0\n";

    private HttpResponse<String> ask(String method, String path) throws IOException, InterruptedException {
        InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        Map<String, BooleanSupplier> checks = new LinkedHashMap<>();
        checks.put("caches", () -> true);
        checks.put("webhook", () -> {
            throw new IllegalStateException("not yet");
        });
        try (OperatorServer server =
                OperatorServer.start(anywhere, () -> live, new NamedChecks(checks), () -> metrics.get())) {
            URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
            return client.send(
                    HttpRequest.newBuilder(uri)
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void healthIsOneWordAndItsDetails() throws Exception {
        live = new Health(Health.Status.DEGRADED, new TreeMap<>(Map.of("store", "slow\nvery")));

        HttpResponse<String> response = ask("GET", "/healthz");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("DEGRADED\nstore: slow very\n");
    }

    @Test
    void whatIsDownIsUnavailable() throws Exception {
        HttpResponse<String> response = ask("GET", "/readyz");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).isEqualTo("DOWN\ncaches: ok\nwebhook: failed\n");
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
        assertThat(ask("HEAD", "/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void patienceEndsAfterItsTimeAndBeginsAnewWhenAllIsWell() {
        VirtualTime time = new VirtualTime();
        AtomicBoolean good = new AtomicBoolean();
        PatientCheck check = new PatientCheck(good::get, Duration.ofMinutes(1), time);

        time.advance(Duration.ofSeconds(60));
        assertThat(check.getAsBoolean()).isTrue();
        time.advance(Duration.ofSeconds(1));
        assertThat(check.getAsBoolean()).isFalse();
        good.set(true);
        assertThat(check.getAsBoolean()).isTrue();
        good.set(false);
        time.advance(Duration.ofSeconds(59));
        assertThat(check.getAsBoolean()).isTrue();
    }
}

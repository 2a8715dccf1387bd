package io.mlengine.backend.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mlengine.spi.backend.Fence;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of servers of different ages; that budgets hold is shown on a real one. */
class EvictionsTest {
    private static final Pod POD = new PodBuilder()
            .withNewMetadata()
            .withNamespace("team")
            .withName("low")
            .withUid("uid-1")
            .endMetadata()
            .build();
    private static final Fence FENCE = new Fence("test", 1);

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
    private HttpServer server;
    private KubernetesClient client;
    private String resources = "";
    private int answer = 201;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withAutoConfigure(false)
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        boolean isDiscovery = exchange.getRequestURI().getPath().equals("/api/v1");
        if (!isDiscovery) {
            requests.add(
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath() + " " + body);
        }
        byte[] text = (isDiscovery
                        ? "{\"kind\":\"APIResourceList\",\"apiVersion\":\"v1\",\"groupVersion\":\"v1\",\"resources\":["
                                + resources + "]}"
                        : "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":" + answer + "}")
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(isDiscovery ? 200 : answer, text.length);
        exchange.getResponseBody().write(text);
        exchange.close();
    }

    private Evictions evictions(Duration patience) {
        ClusterApi api = new ClusterApi(client, new WriteGate(() -> true, RequestLimit.of(0, 1, System::nanoTime)));
        Retries retries = new Retries(threads, threads, InstantSource.system(), new Random(7));
        return new Evictions(api, retries, patience);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v1beta1"})
    void theVersionIsTheServers(String version) {
        resources = "{\"name\":\"pods/eviction\",\"namespaced\":true,\"group\":\"policy\",\"version\":\"" + version
                + "\",\"kind\":\"Eviction\",\"verbs\":[\"create\"]}";
        evictions(Duration.ofSeconds(5)).evict(List.of(POD), "room", FENCE).join();
        assertThat(requests)
                .singleElement()
                .asString()
                .startsWith("POST /api/v1/namespaces/team/pods/low/eviction ")
                .contains("\"apiVersion\":\"policy/" + version + "\"", "\"uid\":\"uid-1\"");
    }

    @Test
    void aBudgetThatRefusesIsAskedAgainAndThenTheGangStays() {
        resources = "{\"name\":\"pods/eviction\",\"namespaced\":true,\"group\":\"policy\",\"version\":\"v1\","
                + "\"kind\":\"Eviction\",\"verbs\":[\"create\"]}";
        answer = 429;
        assertThatThrownBy(() -> evictions(Duration.ofSeconds(3))
                        .evict(List.of(POD), "room", FENCE)
                        .join())
                .hasMessageContaining("429");
        assertThat(requests).hasSizeGreaterThan(1).allMatch(request -> request.startsWith("POST "));
    }

    @Test
    void aServerWithoutEvictionsIsAskedToDeleteJustThisPod() {
        evictions(Duration.ofSeconds(5)).evict(List.of(POD), "room", FENCE).join();
        assertThat(requests)
                .singleElement()
                .asString()
                .startsWith("DELETE /api/v1/namespaces/team/pods/low ")
                .contains("\"uid\":\"uid-1\"");
    }
}

package io.mlengine.backend.k8s.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.cluster.WatchProbes;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.core.job.JobRecord;
import io.mlengine.testkit.time.VirtualTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server that answers the first lists with refusals, as one does that has just heard of a kind. */
class TrainWatchStartTest {
    private static final int PATIENCE_SECONDS = 60;

    private final AtomicInteger refusals = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server = server();
    private final KubernetesClient client = new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder()
                    .withAutoConfigure(false)
                    .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                    .withRequestRetryBackoffLimit(0)
                    .build())
            .build();
    private final TrainWatch watch = new TrainWatch(
            client, Set.of("team"), new WatchProbes(Duration.ofHours(1), Runnable::run, new VirtualTime()));
    private volatile int refusal;

    private HttpServer server() {
        try {
            HttpServer made = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            made.setExecutor(threads);
            made.createContext("/", this::answer);
            made.start();
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        boolean isWatch = String.valueOf(exchange.getRequestURI().getQuery()).contains("watch=true");
        int code = isWatch || refusals.getAndDecrement() <= 0 ? 200 : refusal;
        String body = code == 200
                ? "{\"apiVersion\":\"mlengine.io/v1\",\"kind\":\"MLTrainList\",\"metadata\":{\"resourceVersion\":\"7\"},"
                        + "\"items\":[]}"
                : "{\"apiVersion\":\"v1\",\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"storage is (re)initializing\","
                        + "\"code\":" + code + "}";
        // A watch ends at once, and is begun again.
        byte[] bytes = isWatch ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, isWatch ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @AfterEach
    void close() {
        watch.close();
        client.close();
        server.stop(0);
        threads.shutdownNow();
    }

    private List<JobRecord> start() throws Exception {
        return watch.start(new TrainWatch.Listener() {
                    @Override
                    public Optional<JobRecord> found(MLTrainResource resource) {
                        return Optional.empty();
                    }

                    @Override
                    public void changed(TrainEntry entry, MLTrainResource resource) {}

                    @Override
                    public void gone(TrainEntry entry) {}
                })
                .toCompletableFuture()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void aServerThatAsksToWaitIsAskedAgain() throws Exception {
        refusal = 429;
        refusals.set(2);

        assertThat(start()).isEmpty();
        assertThat(refusals.get()).isNegative();
    }

    @Test
    void whoMayNotListIsToldSo() {
        refusal = 403;
        refusals.set(1_000);

        assertThatThrownBy(this::start)
                .rootCause()
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getCode()).isEqualTo(403));
    }
}

package io.mlengine.backend.k8s.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mlengine.backend.k8s.testing.Await;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdmissionServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ServerLimits LIMITS = new ServerLimits(10_000, 4, 2, Duration.ofSeconds(5));

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final StoredCertificates certificates = TestTls.certificates();
    private final SwappableKeys keys = new SwappableKeys(certificates.server());
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicBoolean wasInterrupted = new AtomicBoolean();
    private final AdmissionServer server = AdmissionServer.start(
            new InetSocketAddress("127.0.0.1", 0),
            keys,
            Map.of(
                    "/allow", review -> Verdict.ALLOWED.withWarnings(List.of("w".repeat(300))),
                    "/refuse", review -> Verdict.refused(Refusal.of(Refusal.Reason.INVALID, "no " + review.uid())),
                    "/patch", review -> Verdict.patched(patch()),
                    "/fail",
                            review -> {
                                throw new IllegalStateException("a secret reason");
                            },
                    "/stall", this::stall),
            LIMITS,
            timer);
    private final HttpClient client = TestTls.client(certificates);

    @AfterEach
    void stop() {
        release.countDown();
        server.close();
        timer.shutdownNow();
    }

    private Verdict stall(Review review) {
        try {
            release.await();
        } catch (InterruptedException e) {
            wasInterrupted.set(true);
            Thread.currentThread().interrupt();
        }
        return Verdict.ALLOWED;
    }

    private static ArrayNode patch() {
        ArrayNode patch = JSON.createArrayNode();
        patch.addObject().put("op", "add").put("path", "/a").put("value", 1);
        return patch;
    }

    @Test
    void answersRepeatTheQuestionsUidAndShortenWarnings() throws Exception {
        JsonNode answer = JSON.readTree(post("/allow?timeout=10s", review()).body());

        assertThat(answer.path("apiVersion").asText()).isEqualTo("admission.k8s.io/v1");
        assertThat(answer.at("/response/uid").asText()).isEqualTo("u-7");
        assertThat(answer.at("/response/allowed").asBoolean()).isTrue();
        assertThat(answer.at("/response/warnings/0").asText()).hasSize(256).endsWith("...");
    }

    @Test
    void refusalsAndPatchesHaveTheFormOfTheApi() throws Exception {
        JsonNode refused = JSON.readTree(post("/refuse", review()).body()).path("response");
        JsonNode patched = JSON.readTree(post("/patch", review()).body()).path("response");

        assertThat(refused.path("allowed").asBoolean()).isFalse();
        assertThat(refused.path("status"))
                .isEqualTo(JSON.readTree(
                        "{\"status\":\"Failure\",\"message\":\"no u-7\",\"reason\":\"BadRequest\",\"code\":400}"));
        assertThat(patched.path("patchType").asText()).isEqualTo("JSONPatch");
        assertThat(new String(Base64.getDecoder().decode(patched.path("patch").asText()), StandardCharsets.UTF_8))
                .isEqualTo("[{\"op\":\"add\",\"path\":\"/a\",\"value\":1}]");
    }

    @Test
    void whatIsNoQuestionIsAnsweredWithAMessage() throws Exception {
        assertThat(post("/allow", "hello")).satisfies(is(400, "the body is no JSON"));
        assertThat(post("/allow", "{}")).satisfies(is(400, "no AdmissionReview of admission.k8s.io/v1"));
        assertThat(post("/allow", "[]")).satisfies(is(400, "no AdmissionReview"));
        assertThat(post("/allow", "[".repeat(5_000))).satisfies(is(400, "the body is no JSON"));
        assertThat(post("/allow", "")).satisfies(is(400, "no AdmissionReview"));
        assertThat(post("/allow", review().replace("admission.k8s.io/v1", "admission.k8s.io/v1beta1")))
                .satisfies(is(400, "no AdmissionReview of admission.k8s.io/v1"));
        assertThat(post("/allow", review().replace("\"kind\":{", "\"sort\":{")))
                .satisfies(is(400, "the request has no kind"));
        assertThat(post("/allow", review().replace("u-7", ""))).satisfies(is(400, "the request has no uid"));
        assertThat(post("/allow", review().replace("CREATE", "GUESS"))).satisfies(is(400, "request.operation"));
        assertThat(post("/allow/below", review())).satisfies(is(404, "no such path"));
        assertThat(send(request("/allow").GET().build())).satisfies(is(405, "only POST"));
        // The last one: its connection ends with it.
        HttpResponse<String> tooLarge = post("/allow", "x".repeat(10_001));
        assertThat(tooLarge).satisfies(is(413, "10000 bytes"));
        assertThat(tooLarge.headers().firstValue("Connection")).contains("close");
    }

    /** The JDK's server answers, and ends the connection without saying so. */
    @Test
    void whatNobodyServesIsNotFound() throws Exception {
        assertThat(post("/elsewhere", review()).statusCode()).isEqualTo(404);
    }

    @Test
    void aFailureTellsNothingOfItsCause() throws Exception {
        assertThat(post("/fail", review())).satisfies(is(500, "the webhook failed"));
        assertThat(post("/fail", review()).body()).doesNotContain("secret reason");
    }

    @Test
    void healthNeedsNoReview() throws Exception {
        assertThat(send(request(AdmissionServer.HEALTH).GET().build()).body()).isEqualTo("ok\n");
    }

    @Test
    void theServersTimeoutEndsADecision() throws Exception {
        assertThat(post("/stall?timeout=200ms", review())).satisfies(is(504, "no decision within 190 ms"));
        Await.until("the decision is interrupted", wasInterrupted::get);
    }

    @Test
    void clientsThatSayNothingDoNotHoldTheServer() throws Exception {
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 2 * LIMITS.connections(); i++) {
            Socket socket = new Socket("127.0.0.1", server.port());
            // The first byte of a handshake: from here on a thread reads.
            socket.getOutputStream().write(22);
            silent.add(socket);
        }

        Await.until("a question is answered", () -> {
            try {
                return post("/allow", review()).statusCode() == 200;
            } catch (IOException | InterruptedException refused) {
                return false;
            }
        });
        for (Socket socket : silent) {
            socket.close();
        }
    }

    @Test
    void aBodyThatNeverEndsIsCutOff() throws Exception {
        try (SSLSocket socket = (SSLSocket)
                TestTls.trusting(certificates).getSocketFactory().createSocket("127.0.0.1", server.port())) {
            socket.getOutputStream()
                    .write("POST /allow HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{"
                            .getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();

            assertThat(isEndOf(socket)).isTrue();
        }
        assertThat(post("/allow", review()).statusCode()).isEqualTo(200);
    }

    /** Waits for the other side to hang up. */
    private static boolean isEndOf(SSLSocket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void anExpiredCertificateIsRefusedByCallersUntilItIsSwapped() throws Exception {
        StoredCertificates expired = TestTls.certificates(Instant.now().minus(Duration.ofDays(3)));
        keys.swap(expired.server());
        HttpClient caller = TestTls.client(expired, certificates);
        HttpRequest question = request("/allow")
                .POST(HttpRequest.BodyPublishers.ofString(review()))
                .build();

        assertThatThrownBy(() -> caller.send(question, HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("expired");

        keys.swap(certificates.server());
        assertThat(caller.send(question, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void oldTlsIsNotSpoken() throws Exception {
        try (SSLSocket socket = (SSLSocket)
                TestTls.trusting(certificates).getSocketFactory().createSocket("127.0.0.1", server.port())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.startHandshake();
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
        }
        try (SSLSocket socket = (SSLSocket)
                TestTls.trusting(certificates).getSocketFactory().createSocket("127.0.0.1", server.port())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.1"});
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void keysAreSwappedUnderLoadWithoutAFailedRequest() throws Exception {
        StoredCertificates other = TestTls.certificates();
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicInteger answered = new AtomicInteger();
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            boolean isFresh = i == 0;
            clients.add(CompletableFuture.runAsync(
                    () -> {
                        HttpClient kept = TestTls.client(certificates, other);
                        while (!isOver.get()) {
                            HttpClient now = isFresh ? TestTls.client(certificates, other) : kept;
                            assertThat(postBy(now, "/allow", review()).statusCode())
                                    .isEqualTo(200);
                            answered.incrementAndGet();
                        }
                    },
                    task -> new Thread(task).start()));
        }
        for (int i = 0; i < 20; i++) {
            int before = answered.get();
            keys.swap(i % 2 == 0 ? other.server() : certificates.server());
            Await.until("requests go on", () -> answered.get() > before + 4);
        }
        keys.swap(other.server());
        isOver.set(true);

        clients.forEach(CompletableFuture::join);
        assertThat(postBy(TestTls.client(other), "/allow", review()).statusCode())
                .isEqualTo(200);
        assertThatThrownBy(() -> TestTls.client(certificates)
                        .send(request("/allow").GET().build(), HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(SSLException.class);
    }

    private static String review() {
        ObjectNode review = JSON.createObjectNode();
        review.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
        ObjectNode request = review.putObject("request").put("uid", "u-7").put("operation", "CREATE");
        request.putObject("kind").put("kind", "Pod");
        request.putObject("userInfo").put("username", "ann");
        return review.toString();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path));
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(
                request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build());
    }

    private HttpResponse<String> postBy(HttpClient by, String path, String body) {
        try {
            return by.send(
                    request(path)
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("a request failed", e);
        }
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static java.util.function.Consumer<HttpResponse<String>> is(int code, String text) {
        return response -> {
            assertThat(response.statusCode()).isEqualTo(code);
            assertThat(response.body()).contains(text);
        };
    }
}

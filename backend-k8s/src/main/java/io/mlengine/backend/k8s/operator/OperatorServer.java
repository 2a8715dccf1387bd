package io.mlengine.backend.k8s.operator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code /healthz}, {@code /readyz} and {@code /metrics} over plain HTTP: for the kubelet, for Prometheus and
 * for people. A report with a check that fails is answered with 503, any other one with 200; each check is named, with
 * or without {@code ?verbose}. Says nothing secret.
 */
final class OperatorServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorServer.class);
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";
    private static final int THREADS = 2;

    private final HttpServer server;
    private final ExecutorService threads;

    private record Answer(int status, String type, String body) {}

    private OperatorServer(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * Starts to listen.
     *
     * @param address where; port 0 for any that is free
     * @param live whether the process is worth keeping
     * @param ready whether it does its part; a stand-by does
     * @param metrics the text of a Prometheus scrape
     * @return the server
     * @throws IOException when the address cannot be had
     */
    static OperatorServer start(
            InetSocketAddress address,
            Supplier<ProbeReport> live,
            Supplier<ProbeReport> ready,
            Supplier<String> metrics)
            throws IOException {
        HttpServer server = HttpServer.create(address, 0);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "mlengine-http");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        serve(server, "/healthz", () -> probe("healthz", live.get()));
        serve(server, "/readyz", () -> probe("readyz", ready.get()));
        serve(server, "/metrics", () -> new Answer(HttpURLConnection.HTTP_OK, METRICS, metrics.get()));
        server.createContext("/", exchange -> send(exchange, notFound()));
        server.start();
        LOG.info("serving health and metrics: address={}", server.getAddress());
        return new OperatorServer(server, threads);
    }

    private static Answer notFound() {
        return new Answer(HttpURLConnection.HTTP_NOT_FOUND, TEXT, "/healthz, /readyz or /metrics\n");
    }

    private static void serve(HttpServer server, String path, Supplier<Answer> answers) {
        server.createContext(path, exchange -> {
            boolean isExact = exchange.getRequestURI().getPath().equals(path);
            boolean isRead = List.of("GET", "HEAD").contains(exchange.getRequestMethod());
            if (!isExact) {
                send(exchange, notFound());
            } else if (!isRead) {
                send(exchange, new Answer(HttpURLConnection.HTTP_BAD_METHOD, TEXT, "only GET\n"));
            } else {
                send(exchange, guarded(path, answers));
            }
        });
    }

    private static Answer guarded(String path, Supplier<Answer> answers) {
        try {
            return answers.get();
        } catch (RuntimeException e) {
            LOG.warn("no answer could be made: path={}", path, e);
            return new Answer(HttpURLConnection.HTTP_UNAVAILABLE, TEXT, "failed\n");
        }
    }

    private static Answer probe(String name, ProbeReport report) {
        return new Answer(
                report.passed() ? HttpURLConnection.HTTP_OK : HttpURLConnection.HTTP_UNAVAILABLE,
                TEXT,
                report.text(name));
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        try (exchange) {
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.type());
            boolean isHead = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(answer.status(), isHead ? -1 : body.length);
            if (!isHead) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    /**
     * Where it listens.
     *
     * @return the address with the true port
     */
    InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}

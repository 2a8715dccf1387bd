package io.mlengine.backend.k8s.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * The HTTPS server that the API server asks. TLS 1.2 and newer; every path has one admitter, and {@code /healthz}
 * answers whoever can connect. Requests beyond the limits are refused, not queued without end.
 */
final class AdmissionServer implements AutoCloseable {
    /** Path that tells whether the server answers. */
    static final String HEALTH = "/healthz";

    private static final String NO_DELAY = "sun.net.httpserver.nodelay";
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final int WAITING_REQUESTS = 1024;
    private static final int WAITING_REVIEWS = 256;
    private static final int BACKLOG = 128;
    private static final Duration GRACE = Duration.ofSeconds(5);

    static {
        // The JDK's server writes headers and body apart; without this each answer waits 40 ms for the client's
        // acknowledgement of the headers. It counts when the first server of the JVM is made, and only for such
        // servers; the command sets it when it starts, so this is for embedders.
        if (System.getProperty(NO_DELAY) == null) {
            System.setProperty(NO_DELAY, "true");
        }
    }

    private final HttpsServer server;
    private final ThreadPoolExecutor connections;
    private final ExecutorService reviewers;

    private AdmissionServer(HttpsServer server, ThreadPoolExecutor connections, ExecutorService reviewers) {
        this.server = server;
        this.connections = connections;
        this.reviewers = reviewers;
    }

    /**
     * Starts a server.
     *
     * @param address where to listen; port 0 for any free one
     * @param keys the server's identity, which may be swapped while it runs
     * @param admitters who decides, by path
     * @param limits what it grants at most
     * @param timer ends requests that take too long
     * @return the server, listening
     * @throws UncheckedIOException when it cannot listen there
     */
    static AdmissionServer start(
            InetSocketAddress address,
            SwappableKeys keys,
            Map<String, Admitter> admitters,
            ServerLimits limits,
            ScheduledExecutorService timer) {
        HttpsServer server;
        try {
            server = HttpsServer.create(address, BACKLOG);
        } catch (IOException e) {
            throw new UncheckedIOException("the webhook's server cannot listen on " + address, e);
        }
        server.setHttpsConfigurator(new ModernTls(context(keys)));
        ThreadPoolExecutor connections = pool(limits.connections(), WAITING_REQUESTS, "webhook-connection-");
        ThreadPoolExecutor reviewers = pool(limits.reviews(), WAITING_REVIEWS, "webhook-review-");
        server.setExecutor(new TimedExecutor(connections, timer, limits.exchange()));
        admitters.forEach((path, admitter) ->
                server.createContext(path, new ReviewHandler(path, admitter, reviewers, limits.bodyBytes())));
        server.createContext(HEALTH, AdmissionServer::health);
        server.start();
        return new AdmissionServer(server, connections, reviewers);
    }

    private static SSLContext context(SwappableKeys keys) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {keys}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no TLS", e);
        }
    }

    private static ThreadPoolExecutor pool(int threads, int waiting, String prefix) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(waiting), named(prefix));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static ThreadFactory named(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    private static void health(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = "ok\n".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** Whether it reads as many requests as it can; another one waits then, though nothing is wrong. */
    boolean isBusy() {
        return connections.getActiveCount() >= connections.getMaximumPoolSize();
    }

    /** The port that it listens on. */
    int port() {
        return server.getAddress().getPort();
    }

    /** Answers what has been asked, for 5 s at most, then stops. */
    @Override
    public void close() {
        reviewers.shutdown();
        try {
            reviewers.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        reviewers.shutdownNow();
        // Asked to wait, the JDK's server waits to the end of the time when nothing is being answered.
        server.stop(connections.getActiveCount() > 0 ? 1 : 0);
        connections.shutdownNow();
    }

    private static final class ModernTls extends HttpsConfigurator {
        ModernTls(SSLContext context) {
            super(context);
        }

        @Override
        public void configure(HttpsParameters params) {
            SSLParameters parameters = getSSLContext().getDefaultSSLParameters();
            parameters.setProtocols(PROTOCOLS);
            params.setSSLParameters(parameters);
        }
    }
}

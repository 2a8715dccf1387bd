package io.mlengine.backend.k8s;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The part of a kubelet that hands out the output of containers, with output that tests write. Thread-safe. */
final class FakeOutput implements AutoCloseable {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private record Line(Instant at, String text) {}

    private final Map<String, List<Line>> lines = new TreeMap<>();
    private final Map<String, Boolean> ended = new TreeMap<>();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final HttpsServer server;

    FakeOutput() {
        try {
            server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(context()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(executor);
        server.createContext("/containerLogs/", this::serve);
        server.start();
    }

    /** The API server does not check the certificate of a kubelet unless it is told to. */
    private static SSLContext context() throws IOException {
        Path folder = Files.createTempDirectory("kubelet");
        Path file = folder.resolve("kubelet.p12");
        try {
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-keyalg",
                            "EC",
                            "-dname",
                            "CN=kubelet",
                            "-alias",
                            "kubelet",
                            "-storetype",
                            "PKCS12",
                            "-storepass",
                            new String(PASSWORD),
                            "-keystore",
                            file.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (keytool.waitFor() != 0) {
                throw new IllegalStateException(said);
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (var in = Files.newInputStream(file)) {
                store.load(in, PASSWORD);
            }
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        }
    }

    /** Makes a node one whose kubelet this is. */
    NodeBuilder serves(NodeBuilder node) {
        return node.editStatus()
                .withAddresses()
                .addNewAddress("127.0.0.1", "InternalIP")
                .withNewDaemonEndpoints()
                .withNewKubeletEndpoint(server.getAddress().getPort())
                .endDaemonEndpoints()
                .endStatus();
    }

    synchronized void write(String pod, String text) {
        lines.computeIfAbsent(pod, unused -> new ArrayList<>()).add(new Line(Instant.now(), text));
        notifyAll();
    }

    /** Nothing more comes from a pod. */
    synchronized void end(String pod) {
        ended.put(pod, true);
        notifyAll();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String pod = exchange.getRequestURI().getPath().split("/")[3];
            Map<String, String> query = query(exchange);
            boolean follow = Boolean.parseBoolean(query.get("follow"));
            Instant since = Instant.parse(query.getOrDefault("sinceTime", "1970-01-01T00:00:00Z"));
            exchange.sendResponseHeaders(200, 0);
            OutputStream body = exchange.getResponseBody();
            int next = first(pod, Integer.parseInt(query.getOrDefault("tailLines", "-1")));
            while (true) {
                List<Line> more = more(pod, next, follow);
                for (Line line : more) {
                    if (!line.at().isBefore(since)) {
                        body.write((line.at() + " " + line.text() + "\n").getBytes(StandardCharsets.UTF_8));
                    }
                }
                body.flush();
                next += more.size();
                if (more.isEmpty()) {
                    return;
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> query = new TreeMap<>();
        for (String part : exchange.getRequestURI().getRawQuery().split("&")) {
            int equals = part.indexOf('=');
            query.put(part.substring(0, equals), URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return query;
    }

    private synchronized int first(String pod, int tail) {
        int count = lines.getOrDefault(pod, List.of()).size();
        return tail < 0 ? 0 : Math.max(0, count - tail);
    }

    /** Lines from a position on; waits for one when they are followed. Empty at the end. */
    private synchronized List<Line> more(String pod, int from, boolean follow) throws InterruptedException {
        while (true) {
            List<Line> all = lines.getOrDefault(pod, List.of());
            if (all.size() > from || !follow || ended.getOrDefault(pod, false)) {
                return List.copyOf(all.subList(Math.min(from, all.size()), all.size()));
            }
            wait();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}

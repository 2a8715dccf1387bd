package io.mlengine.backend.k8s.webhook;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks our own server again and again how it is, as the API server would: by TLS and HTTP, on this host. It trusts the
 * certificate that should be shown, and no other.
 */
final class ServerPing implements AutoCloseable {
    /** How old the last good answer may be. */
    static final Duration FRESH = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(ServerPing.class);
    private static final Duration EVERY = Duration.ofSeconds(3);
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final String REQUEST =
            "GET " + AdmissionServer.HEALTH + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private final InetSocketAddress address;
    private final Supplier<X509Certificate> expected;
    private final ScheduledExecutorService timer;
    private volatile long goodAtNanos;
    private volatile String trouble = "";

    private ServerPing(InetSocketAddress address, Supplier<X509Certificate> expected) {
        this.address = address;
        this.expected = expected;
        // Of its own, because a silent server would hold up whoever shares it.
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "webhook-ping");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Begins to ask; the first answer is awaited.
     *
     * @param address where the server listens
     * @param expected the certificate that it should show
     * @return the ping, to be closed
     */
    static ServerPing start(InetSocketAddress address, Supplier<X509Certificate> expected) {
        InetAddress host =
                address.getAddress().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address.getAddress();
        ServerPing ping = new ServerPing(new InetSocketAddress(host, address.getPort()), expected);
        ping.goodAtNanos = System.nanoTime() - FRESH.toNanos() - 1;
        ping.ask();
        ping.timer.scheduleWithFixedDelay(ping::ask, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
        return ping;
    }

    private void ask() {
        try {
            String answer = answer();
            if (answer.startsWith("HTTP/1.1 200 ")) {
                goodAtNanos = System.nanoTime();
                trouble = "";
            } else {
                failed("it answers " + answer);
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            failed("it does not answer: " + e);
        }
    }

    private void failed(String why) {
        if (trouble.isEmpty()) {
            LOG.warn("the webhook's server does not do well why={}", why);
        }
        trouble = why;
    }

    private String answer() throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Exactly(expected)}, null);
        try (Socket plain = new Socket()) {
            plain.connect(address, TIMEOUT_MILLIS);
            plain.setSoTimeout(TIMEOUT_MILLIS);
            try (SSLSocket socket = (SSLSocket)
                    context.getSocketFactory().createSocket(plain, address.getHostString(), address.getPort(), true)) {
                socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
                String line = reader.readLine();
                return line == null ? "nothing" : line;
            }
        }
    }

    /** What is wrong, empty while the last good answer is fresh; never blocks. */
    String trouble() {
        return System.nanoTime() - goodAtNanos <= FRESH.toNanos() ? "" : trouble;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private record Exactly(Supplier<X509Certificate> expected) implements X509TrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            if (!chain[0].equals(expected.get())) {
                throw new CertificateException("the server shows another certificate than it should");
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("no clients are judged here");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}

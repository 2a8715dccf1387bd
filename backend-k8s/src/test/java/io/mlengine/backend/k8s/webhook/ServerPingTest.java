package io.mlengine.backend.k8s.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServerPingTest {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final StoredCertificates certificates = TestTls.certificates();
    private final AdmissionServer server = AdmissionServer.start(
            new InetSocketAddress("0.0.0.0", 0),
            new SwappableKeys(certificates.server()),
            Map.of(),
            new ServerLimits(1_000, 2, 1, Duration.ofSeconds(5)),
            timer);

    @AfterEach
    void stop() {
        server.close();
        timer.shutdownNow();
    }

    private String trouble(StoredCertificates expected) {
        InetSocketAddress everywhere = new InetSocketAddress("0.0.0.0", server.port());
        try (ServerPing ping =
                ServerPing.start(everywhere, () -> expected.server().certificate())) {
            return ping.trouble();
        }
    }

    @Test
    void aServerThatShowsItsCertificateDoesWell() {
        assertThat(trouble(certificates)).isEmpty();
    }

    @Test
    void anotherCertificateThanTheOneThatIsHeldIsTrouble() {
        assertThat(trouble(TestTls.certificates())).contains("another certificate than it should");
    }

    @Test
    void aServerThatIsGoneIsTrouble() {
        server.close();

        assertThat(trouble(certificates)).startsWith("it does not answer: ");
    }
}

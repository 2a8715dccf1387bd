package io.mlengine.backend.k8s.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlengine.backend.k8s.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderCertificatesTest {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final AtomicReference<KeyIdentity> shown = new AtomicReference<>();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private FolderCertificates start() {
        return FolderCertificates.start(
                folder, (identity, bundle) -> shown.set(identity), timer, Duration.ofMillis(10));
    }

    @Test
    void changedFilesAreReadAgainOnceTheyBelongTogether() throws Exception {
        KeyIdentity first = TestTls.certificates().server();
        KeyIdentity second = TestTls.certificates().server();
        Files.writeString(folder.resolve("tls.crt"), Pem.of(first.chain()));
        Files.writeString(folder.resolve("tls.key"), Pem.of(first.key()));
        try (FolderCertificates certificates = start()) {
            assertThat(certificates).isNotNull();
            assertThat(shown).hasValue(first);

            Files.writeString(folder.resolve("tls.crt"), Pem.of(second.chain()));
            Thread.sleep(50);
            assertThat(shown).hasValue(first);

            Files.writeString(folder.resolve("tls.key"), Pem.of(second.key()));
            Await.until("the new ones are shown", () -> second.equals(shown.get()));
        }
    }

    @Test
    void withoutFilesThereIsNoStart() {
        assertThatThrownBy(this::start)
                .isInstanceOf(UnreadableCertificatesException.class)
                .hasMessageContaining("tls.crt cannot be read");
    }
}

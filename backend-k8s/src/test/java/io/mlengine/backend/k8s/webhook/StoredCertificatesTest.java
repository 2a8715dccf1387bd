package io.mlengine.backend.k8s.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.junit.jupiter.api.Test;

class StoredCertificatesTest {
    private final StoredCertificates stored = made();
    private final Map<String, String> data = stored.data();

    @Test
    void whatIsWrittenIsRead() {
        assertThat(StoredCertificates.of(data)).isEqualTo(stored);
        assertThat(data).containsOnlyKeys("ca.crt", "ca.key", "tls.crt", "tls.key");
    }

    @Test
    void noTextHoldsAKey() throws Exception {
        String key = new String(Base64.getDecoder().decode(data.get("tls.key")), StandardCharsets.UTF_8)
                .lines()
                .toList()
                .get(1);
        String number = new BigInteger(1, stored.server().key().getEncoded()).toString(16);

        assertThat(stored.toString() + stored.server()).doesNotContain(key, number, "PRIVATE");
    }

    @Test
    void keysOfOthersAndDamagedDataAreRefused() {
        Map<String, String> mixed = new java.util.TreeMap<>(data);
        mixed.put("tls.key", made().data().get("tls.key"));
        assertUnreadable(mixed, "the key does not belong to tls.crt");

        mixed.put("tls.key", "%%%");
        assertUnreadable(mixed, "tls.key is damaged");
        mixed.put("tls.key", base64("hello"));
        assertUnreadable(mixed, "tls.key holds no private key");
        mixed.put("ca.crt", base64("hello"));
        assertUnreadable(mixed, "ca.crt holds no certificate");
        mixed.remove("ca.crt");
        assertUnreadable(mixed, "ca.crt is missing");
    }

    @Test
    void keysInTheFormOfCertManagerAreRead() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        java.io.StringWriter text = new java.io.StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(pair);
        }

        assertThat(text.toString()).startsWith("-----BEGIN RSA PRIVATE KEY-----");
        assertThat(Pem.key("tls.key", text.toString())).isEqualTo(pair.getPrivate());
    }

    private static void assertUnreadable(Map<String, String> data, String message) {
        assertThatThrownBy(() -> StoredCertificates.of(data))
                .isInstanceOf(UnreadableCertificatesException.class)
                .hasMessage(message);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static StoredCertificates made() {
        return new CertificateRotation(
                        new CertificateMaker(new SecureRandom()),
                        List.of("localhost"),
                        Duration.ofDays(10),
                        Duration.ofDays(1))
                .next(Optional.empty(), Instant.parse("2026-11-23T12:00:00Z"));
    }
}

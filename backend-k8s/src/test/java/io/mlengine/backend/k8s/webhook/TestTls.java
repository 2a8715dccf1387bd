package io.mlengine.backend.k8s.webhook;

import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificates for 127.0.0.1, and clients that trust them. */
public final class TestTls {
    private TestTls() {}

    static StoredCertificates certificates() {
        return certificates(Instant.now());
    }

    /** An authority for ten days and a server's certificate for one. */
    static StoredCertificates certificates(Instant made) {
        return new CertificateRotation(
                        new CertificateMaker(new SecureRandom()),
                        List.of("127.0.0.1"),
                        Duration.ofDays(10),
                        Duration.ofDays(1))
                .next(Optional.empty(), made);
    }

    /** An authority that an API server takes for one, as PEM. */
    public static String authority() {
        return certificates().bundle();
    }

    static SSLContext trusting(StoredCertificates... trusted) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (StoredCertificates certificates : trusted) {
                for (X509Certificate authority : certificates.authorities()) {
                    store.setCertificateEntry("ca" + count++, authority);
                }
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static HttpClient client(StoredCertificates... trusted) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(trusting(trusted))
                .build();
    }
}

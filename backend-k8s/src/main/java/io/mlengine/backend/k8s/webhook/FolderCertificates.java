package io.mlengine.backend.k8s.webhook;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates that somebody else keeps in a folder, for example cert-manager through a mounted Secret: {@code tls.crt}
 * and {@code tls.key}. Files that do not belong together are a change half done: the former ones stay in use.
 */
final class FolderCertificates implements CertificateSource {
    private static final Logger LOG = LoggerFactory.getLogger(FolderCertificates.class);
    private static final String CERTIFICATE = "tls.crt";
    private static final String KEY = "tls.key";

    private final Path folder;
    private final Listener listener;
    private final ScheduledFuture<?> checks;
    private String seen = "";

    private FolderCertificates(Path folder, Listener listener, ScheduledExecutorService timer, Duration checkEvery) {
        this.folder = folder;
        this.listener = listener;
        refresh();
        long millis = checkEvery.toMillis();
        this.checks = timer.scheduleWithFixedDelay(this::check, millis, millis, TimeUnit.MILLISECONDS);
    }

    /**
     * Reads the certificates, tells the listener, and goes on looking for changes.
     *
     * @param folder the folder
     * @param listener takes the certificates, without what the API server must trust
     * @param timer runs the checks
     * @param checkEvery the time between two checks
     * @return the source, with certificates
     * @throws UnreadableCertificatesException when the folder does not hold a certificate and its key
     */
    static FolderCertificates start(
            Path folder, Listener listener, ScheduledExecutorService timer, Duration checkEvery) {
        return new FolderCertificates(folder, listener, timer, checkEvery);
    }

    private void check() {
        try {
            refresh();
        } catch (RuntimeException e) {
            LOG.warn("webhook certificates could not be read, the former ones stay in use folder={}", folder, e);
        }
    }

    private synchronized void refresh() {
        String certificates = text(CERTIFICATE);
        String key = text(KEY);
        String both = certificates + key;
        if (both.equals(seen)) {
            return;
        }
        List<X509Certificate> chain = Pem.certificates(CERTIFICATE, certificates);
        PrivateKey privateKey = Pem.key(KEY, key);
        KeyPairs.requireMatch(chain.get(0), privateKey, CERTIFICATE);
        KeyIdentity identity = new KeyIdentity(privateKey, chain);
        seen = both;
        LOG.info("webhook certificates read folder={} identity={}", folder, identity);
        listener.changed(identity, Optional.empty());
    }

    private String text(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            throw new UnreadableCertificatesException(folder.resolve(name) + " cannot be read", e);
        }
    }

    @Override
    public void close() {
        checks.cancel(false);
    }
}

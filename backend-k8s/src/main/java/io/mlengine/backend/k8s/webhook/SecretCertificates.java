package io.mlengine.backend.k8s.webhook;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.resource.Labels;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates that the replicas of the operator make themselves and share in a Secret. Whoever writes first wins and
 * the others take what he wrote, so there is one authority however many start at once. A Secret that was deleted is
 * written again as it was.
 */
final class SecretCertificates implements CertificateSource {
    private static final Logger LOG = LoggerFactory.getLogger(SecretCertificates.class);
    private static final int MOST_CONFLICTS = 10;

    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final CertificateRotation rotation;
    private final InstantSource time;
    private final Listener listener;
    private final ScheduledFuture<?> checks;
    private @Nullable StoredCertificates held;

    private SecretCertificates(
            KubernetesClient client,
            String namespace,
            String name,
            CertificateRotation rotation,
            InstantSource time,
            Listener listener,
            ScheduledExecutorService timer,
            Duration checkEvery) {
        this.client = client;
        this.namespace = namespace;
        this.name = name;
        this.rotation = rotation;
        this.time = time;
        this.listener = listener;
        refresh();
        long millis = checkEvery.toMillis();
        this.checks = timer.scheduleWithFixedDelay(this::check, millis, millis, TimeUnit.MILLISECONDS);
    }

    /**
     * Reads or makes the certificates, tells the listener, and goes on looking for changes.
     *
     * @param client may get, create and update the Secret
     * @param namespace the Secret's namespace, the operator's own
     * @param name the Secret's name
     * @param rotation decides what comes next
     * @param time the time
     * @param listener takes the certificates
     * @param timer runs the checks
     * @param checkEvery the time between two checks
     * @return the source, with certificates
     * @throws KubernetesClientException when the Secret can neither be read nor written
     */
    static SecretCertificates start(
            KubernetesClient client,
            String namespace,
            String name,
            CertificateRotation rotation,
            InstantSource time,
            Listener listener,
            ScheduledExecutorService timer,
            Duration checkEvery) {
        return new SecretCertificates(client, namespace, name, rotation, time, listener, timer, checkEvery);
    }

    private void check() {
        try {
            refresh();
        } catch (RuntimeException e) {
            // The certificates in use are good for a third of their life more.
            LOG.warn("webhook certificates could not be checked secret={}/{}", namespace, name, e);
        }
    }

    private synchronized void refresh() {
        for (int i = 0; i < MOST_CONFLICTS; i++) {
            Secret secret =
                    client.secrets().inNamespace(namespace).withName(name).get();
            Optional<StoredCertificates> found = read(secret);
            StoredCertificates next = rotation.next(found.or(() -> Optional.ofNullable(held)), time.instant());
            if (found.filter(next::equals).isPresent() || write(secret, next)) {
                adopt(next);
                return;
            }
        }
        throw new KubernetesClientException("Secret " + namespace + "/" + name + " is changed all the time");
    }

    private Optional<StoredCertificates> read(@Nullable Secret secret) {
        if (secret == null) {
            return Optional.empty();
        }
        Map<String, String> labels = secret.getMetadata().getLabels();
        if (labels == null || !Labels.MANAGER.equals(labels.get(Labels.MANAGED_BY))) {
            throw new KubernetesClientException("Secret " + namespace + "/" + name
                    + " is not the engine's: it lacks the label " + Labels.MANAGED_BY + "=" + Labels.MANAGER);
        }
        try {
            return Optional.of(
                    StoredCertificates.of(Optional.ofNullable(secret.getData()).orElse(Map.of())));
        } catch (UnreadableCertificatesException e) {
            LOG.warn("webhook certificates are unreadable and made anew secret={}/{}", namespace, name, e);
            return Optional.empty();
        }
    }

    /** Returns false when somebody else wrote in between. */
    private boolean write(@Nullable Secret old, StoredCertificates certificates) {
        SecretBuilder builder = new SecretBuilder()
                .withType("kubernetes.io/tls")
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
                .endMetadata()
                .withData(certificates.data());
        try {
            if (old == null) {
                client.resource(builder.build()).create();
            } else {
                builder.editMetadata()
                        .withResourceVersion(old.getMetadata().getResourceVersion())
                        .endMetadata();
                client.resource(builder.withType(old.getType()).build()).update();
            }
            LOG.info("webhook certificates written secret={}/{} state={}", namespace, name, certificates);
            return true;
        } catch (KubernetesClientException e) {
            int code = e.getCode();
            if (code == HttpURLConnection.HTTP_CONFLICT || code == HttpURLConnection.HTTP_NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    private void adopt(StoredCertificates certificates) {
        if (!certificates.equals(held)) {
            held = certificates;
            listener.changed(certificates.server(), Optional.of(certificates.bundle()));
        }
    }

    @Override
    public void close() {
        checks.cancel(false);
    }
}

package io.mlengine.backend.k8s.webhook;

import io.mlengine.backend.k8s.resource.RbacManifests;
import io.mlengine.spi.model.ModelStyle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import org.immutables.value.Value;

/** How the webhooks are served, and how the API server reaches them. */
@ModelStyle
@Value.Immutable
public interface WebhookSettings {
    /**
     * Namespace of the operator; its pods are never decorated.
     *
     * @return the namespace
     */
    String namespace();

    /**
     * Service in front of the operator's pods.
     *
     * @return the name, {@code mlengine-webhook} by default
     */
    default @Value.Default String service() {
        return "mlengine-webhook";
    }

    /**
     * Port of the service.
     *
     * @return the port, 443 by default
     */
    default @Value.Default int servicePort() {
        return 443;
    }

    /**
     * Host under which the API server reaches an operator that runs outside the cluster.
     *
     * @return for example {@code 127.0.0.1}; empty to go through the service
     */
    Optional<String> outsideHost();

    /**
     * Port under which the API server reaches an operator that runs outside the cluster: another one than the server's
     * where a tunnel or a proxy lies between.
     *
     * @return the port; empty for the one that the server listens on
     */
    OptionalInt outsidePort();

    /**
     * Name of both configurations.
     *
     * @return the name, {@code mlengine} by default
     */
    default @Value.Default String configuration() {
        return "mlengine";
    }

    /**
     * Minor version of Kubernetes 1.
     *
     * @return for example 20; decides which features are used
     */
    int serverMinor();

    /**
     * Annotations of both configurations, for example cert-manager's wish to set the bundle.
     *
     * @return key to value
     */
    @Value.NaturalOrder
    SortedMap<String, String> annotations();

    /**
     * Port that the server listens on.
     *
     * @return the port, 9443 by default; 0 for any free one
     */
    default @Value.Default int port() {
        return 9443;
    }

    /**
     * Address that the server listens on.
     *
     * @return an address of this host, by default all
     */
    default @Value.Default String listenAddress() {
        return "0.0.0.0";
    }

    /**
     * Folder with {@code tls.crt} and {@code tls.key} that somebody else keeps, who also tells the API server what to trust.
     *
     * @return the folder; empty to have certificates made, kept in a Secret and rotated
     */
    Optional<Path> certificateFolder();

    /**
     * Secret of the operator's namespace that holds the certificates.
     *
     * @return the name, {@code mlengine-webhook-tls} by default
     */
    default @Value.Default String secret() {
        return RbacManifests.CERTIFICATES;
    }

    /**
     * How long an authority is valid; a new one joins it after two thirds.
     *
     * @return the time, two years by default
     */
    default @Value.Default Duration authorityLife() {
        return Duration.ofDays(730);
    }

    /**
     * How long the server's certificate is valid; it is renewed after two thirds.
     *
     * @return the time, 90 days by default
     */
    default @Value.Default Duration certificateLife() {
        return Duration.ofDays(90);
    }

    /**
     * How often the certificates, and the trust in them, are looked at.
     *
     * @return the time, ten seconds by default
     */
    default @Value.Default Duration checkEvery() {
        return Duration.ofSeconds(10);
    }

    /**
     * An image of git-sync, version 4.
     *
     * @return the image; without it jobs with code from git are refused, and pods get none
     */
    Optional<String> gitSyncImage();

    /**
     * Names that the server's certificate must carry.
     *
     * @return DNS names and addresses
     */
    default List<String> hosts() {
        String inNamespace = service() + "." + namespace();
        List<String> hosts = new ArrayList<>(
                List.of(inNamespace + ".svc", inNamespace + ".svc.cluster.local", "localhost", "127.0.0.1"));
        outsideHost().filter(host -> !hosts.contains(host)).ifPresent(hosts::add);
        return hosts;
    }

    /**
     * Starts settings.
     *
     * @return an empty builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link WebhookSettings}. */
    final class Builder extends ImmutableWebhookSettings.Builder {}
}

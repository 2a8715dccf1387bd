package io.mlengine.backend.k8s.operator;

import io.mlengine.spi.model.ModelStyle;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.immutables.value.Value;

/** How a controller works, as its command line says. */
@ModelStyle
@Value.Immutable
public interface OperatorSettings {
    /**
     * The file that says where the cluster is and who we are.
     *
     * @return the file; {@code $KUBECONFIG}, {@code ~/.kube/config}, then the pod's own service account, by default
     */
    Optional<Path> kubeconfig();

    /**
     * The context of the kubeconfig.
     *
     * @return its name, or empty for the current one
     */
    Optional<String> context();

    /**
     * The controller's own namespace, for its Lease and its certificates.
     *
     * @return its name; the context's or the pod's own by default
     */
    Optional<String> namespace();

    /**
     * The namespaces whose jobs it runs.
     *
     * @return their names, empty for all
     */
    @Value.NaturalOrder
    SortedSet<String> watchNamespaces();

    /**
     * Whether a leader is elected.
     *
     * @return true by default; false only where nobody else can start a second controller
     */
    default @Value.Default boolean electsLeader() {
        return true;
    }

    /**
     * How long a leader that vanished keeps others from leading.
     *
     * @return 15 s by default
     */
    default @Value.Default Duration leaseDuration() {
        return Duration.ofSeconds(15);
    }

    /**
     * Whether the admission webhooks are served.
     *
     * @return true by default
     */
    default @Value.Default boolean servesWebhooks() {
        return true;
    }

    /**
     * The port of the admission webhooks.
     *
     * @return 9443 by default
     */
    default @Value.Default int webhookPort() {
        return 9443;
    }

    /**
     * Where the API server finds the webhooks, for a controller outside the cluster.
     *
     * @return the address, or empty for the Service of the manifest
     */
    Optional<URI> webhookUrl();

    /**
     * A folder with {@code tls.crt} and {@code tls.key} that somebody else keeps, such as cert-manager, who also tells the
     * API server what to trust.
     *
     * @return the folder; empty to have the certificates made, renewed and published
     */
    Optional<Path> webhookCertificates();

    /**
     * The port of health and metrics.
     *
     * @return 8080 by default; 0 for any that is free
     */
    default @Value.Default int metricsPort() {
        return 8080;
    }

    /**
     * An image of git-sync, version 4, for jobs whose code comes from git.
     *
     * @return the image; without one such jobs are refused
     */
    Optional<String> gitSyncImage();

    /**
     * Folders with plugins, besides those of the class path.
     *
     * @return the folders
     */
    List<Path> plugins();

    /**
     * Starts settings.
     *
     * @return a builder with all defaults
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds {@link OperatorSettings}. */
    final class Builder extends ImmutableOperatorSettings.Builder {}
}

package io.mlengine.backend.k8s;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.cluster.ClusterSettings;
import io.mlengine.spi.model.ModelStyle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedSet;
import org.immutables.value.Value;

/** Which cluster the Kubernetes backend uses, and how. */
@ModelStyle
@Value.Immutable
public interface KubernetesConfig {
    /**
     * A client that somebody else has made and closes.
     *
     * @return the client, or empty to make one
     */
    Optional<KubernetesClient> client();

    /**
     * The file that says where the cluster is and who we are, by its current context.
     *
     * @return the file; the usual places, then the pod's own service account, by default
     */
    Optional<Path> kubeconfig();

    /**
     * The context of the usual kubeconfig; without meaning when {@link #kubeconfig} names another file.
     *
     * @return its name, or empty for the current one
     */
    Optional<String> context();

    /**
     * Namespaces whose jobs are run.
     *
     * @return the namespaces; all by default
     */
    @Value.NaturalOrder
    SortedSet<String> namespaces();

    /**
     * Namespace of the Lease by which engines elect the one that works.
     *
     * @return the namespace, or empty for the client's own
     */
    Optional<String> leaseNamespace();

    /**
     * How long an engine that vanished keeps others from working.
     *
     * @return 15 seconds by default
     */
    default @Value.Default Duration leaseDuration() {
        return Duration.ofSeconds(15);
    }

    /**
     * How pods are made, bound and watched.
     *
     * @return the settings
     */
    default @Value.Default ClusterSettings settings() {
        return ClusterSettings.builder().build();
    }

    /**
     * Starts a configuration.
     *
     * @return a builder with all defaults
     */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link KubernetesConfig}. */
    final class Builder extends ImmutableKubernetesConfig.Builder {}
}

package io.mlengine.backend.k8s;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.cluster.ClusterSettings;
import io.mlengine.spi.model.ModelStyle;
import java.nio.file.Path;
import java.util.Optional;
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

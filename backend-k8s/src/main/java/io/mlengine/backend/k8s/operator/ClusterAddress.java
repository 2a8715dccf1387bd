package io.mlengine.backend.k8s.operator;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which cluster a controller works for, and which namespace is its own.
 *
 * @param config how to reach the API server
 * @param namespace the controller's own namespace
 */
public record ClusterAddress(Config config, String namespace) {
    /**
     * Finds the cluster that settings name.
     *
     * @param settings the settings
     * @return the address
     * @throws IllegalArgumentException when there is no such file or context
     */
    public static ClusterAddress of(OperatorSettings settings) {
        String context = settings.context().orElse(null);
        Config config = settings.kubeconfig()
                .map(file -> fromFile(file, context))
                .orElseGet(() -> Config.autoConfigure(context));
        settings.context().ifPresent(name -> requireContext(config, name));
        String namespace = settings.namespace()
                .or(() -> Optional.ofNullable(config.getNamespace()).filter(name -> !name.isEmpty()))
                .orElse("default");
        return new ClusterAddress(config, namespace);
    }

    private static Config fromFile(Path file, @Nullable String context) {
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException("there is no readable file " + file);
        }
        try {
            return Config.fromKubeconfig(context, file.toFile());
        } catch (KubernetesClientException e) {
            throw new IllegalArgumentException(file + " is no kubeconfig", e);
        }
    }

    private static void requireContext(Config config, String name) {
        boolean isKnown = Optional.ofNullable(config.getContexts()).orElse(List.of()).stream()
                .anyMatch(context -> name.equals(context.getName()));
        if (!isKnown) {
            throw new IllegalArgumentException("the kubeconfig has no context " + name);
        }
    }
}

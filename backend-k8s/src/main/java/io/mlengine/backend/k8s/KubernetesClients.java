package io.mlengine.backend.k8s;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;

/** Makes the client of a backend that was not given one. */
final class KubernetesClients {
    private KubernetesClients() {}

    static KubernetesClient of(KubernetesConfig config) {
        Config found = config.kubeconfig()
                .map(file -> Config.fromKubeconfig(file.toFile()))
                .orElseGet(() -> Config.autoConfigure(config.context().orElse(null)));
        // The backend tries again itself, where it knows for how long that makes sense.
        return new KubernetesClientBuilder()
                .withConfig(
                        new ConfigBuilder(found).withRequestRetryBackoffLimit(0).build())
                .build();
    }
}

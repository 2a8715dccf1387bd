package io.mlengine.backend.k8s;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mlengine.backend.k8s.cluster.ObservedRequests;
import io.mlengine.backend.k8s.cluster.RequestObserver;

/** Makes clients as the backend needs them. */
public final class KubernetesClients {
    private KubernetesClients() {}

    static KubernetesClient of(KubernetesConfig config) {
        Config found = config.kubeconfig()
                .map(file -> Config.fromKubeconfig(file.toFile()))
                .orElseGet(() -> Config.autoConfigure(config.context().orElse(null)));
        return of(found);
    }

    /**
     * Makes a client.
     *
     * @param config how to reach the API server
     * @return the client; must be closed
     */
    public static KubernetesClient of(Config config) {
        return build(new KubernetesClientBuilder(), config);
    }

    /**
     * Makes a client.
     *
     * @param config how to reach the API server
     * @param observer hears of its requests
     * @return the client; must be closed
     */
    public static KubernetesClient of(Config config, RequestObserver observer) {
        return build(ObservedRequests.of(new KubernetesClientBuilder(), observer), config);
    }

    private static KubernetesClient build(KubernetesClientBuilder client, Config config) {
        // The backend tries again itself, where it knows for how long that makes sense.
        return client.withConfig(new ConfigBuilder(config)
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
    }
}

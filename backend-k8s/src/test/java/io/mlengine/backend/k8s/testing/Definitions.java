package io.mlengine.backend.k8s.testing;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.resource.CrdManifests;

/** The engine's own resources on a server. */
public final class Definitions {
    private Definitions() {}

    /** Makes the resources known to a server, and returns when it serves them. */
    public static void install(KubernetesServer server) {
        KubernetesClient client = server.client();
        CrdManifests.all(false)
                .forEach(definition -> client.resource(definition).serverSideApply());
        CrdManifests.all(false)
                .forEach(definition -> Await.until(
                        "served: " + definition.getSpec().getNames(),
                        () -> client
                                .apiextensions()
                                .v1()
                                .customResourceDefinitions()
                                .withName(definition.getMetadata().getName())
                                .get()
                                .getStatus()
                                .getConditions()
                                .stream()
                                .anyMatch(condition -> condition.getType().equals("Established")
                                        && condition.getStatus().equals("True"))));
    }
}

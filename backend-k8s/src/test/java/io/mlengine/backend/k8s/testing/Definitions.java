package io.mlengine.backend.k8s.testing;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.resource.ApiPaths;
import io.mlengine.backend.k8s.resource.CrdManifests;
import io.mlengine.backend.k8s.resource.Labels;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Installs the engine's definitions on a server of a test. */
public final class Definitions {
    private Definitions() {}

    /** Applies all definitions and returns when the server serves them; a second call changes nothing. */
    public static void install(KubernetesClient client) {
        install(client, false);
    }

    /** As above, with the rules that only servers since 1.25 take, if {@code cel}. */
    public static void install(KubernetesClient client, boolean cel) {
        for (CustomResourceDefinition definition : CrdManifests.all(cel)) {
            client.resource(definition)
                    .fieldManager(Labels.MANAGER)
                    .forceConflicts()
                    .serverSideApply();
            client.resource(definition).waitUntilCondition(Definitions::isEstablished, 30, TimeUnit.SECONDS);
            Await.until(definition.getMetadata().getName() + " are served", () -> isListed(client, definition));
        }
    }

    /** Newer servers refuse lists for a moment, while they fill the cache of a kind that is new to them. */
    private static boolean isListed(KubernetesClient client, CustomResourceDefinition definition) {
        String plural = definition.getSpec().getNames().getPlural();
        try {
            client.raw(ApiPaths.ofCluster(Labels.GROUP + "/" + Labels.VERSION, plural) + "?resourceVersion=0");
            return true;
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    private static boolean isEstablished(@Nullable CustomResourceDefinition definition) {
        return definition != null
                && definition.getStatus() != null
                && definition.getStatus().getConditions() != null
                && definition.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Established")
                                && condition.getStatus().equals("True"));
    }
}

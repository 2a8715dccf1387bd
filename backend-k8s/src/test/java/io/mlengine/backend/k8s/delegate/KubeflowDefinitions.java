package io.mlengine.backend.k8s.delegate;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mlengine.backend.k8s.testing.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Installs and removes kinds of Kubeflow. */
final class KubeflowDefinitions {
    private KubeflowDefinitions() {}

    /** Installs a kind, and returns when the server serves it. */
    static void install(KubernetesClient client, String plural) {
        CustomResourceDefinition definition = definition(plural);
        Await.until("the old " + plural + " are gone", () -> {
            CustomResourceDefinition old = client.resource(definition).get();
            return old == null || !old.isMarkedForDeletion();
        });
        client.resource(definition).fieldManager("test").forceConflicts().serverSideApply();
        Await.until(
                plural + " are served",
                () -> isEstablished(client.resource(definition).get()));
    }

    static void remove(KubernetesClient client, String plural) {
        CustomResourceDefinition definition = definition(plural);
        client.resource(definition).delete();
        Await.until(plural + " are gone", () -> client.resource(definition).get() == null);
    }

    private static CustomResourceDefinition definition(String plural) {
        try (InputStream text = KubeflowDefinitions.class.getResourceAsStream("/kubeflow/" + plural + ".yaml")) {
            return Serialization.unmarshal(text, CustomResourceDefinition.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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

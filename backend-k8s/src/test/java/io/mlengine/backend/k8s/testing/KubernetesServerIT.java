package io.mlengine.backend.k8s.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.Test;

class KubernetesServerIT {
    private final KubernetesServer server = KubernetesServer.shared();

    @Test
    void namespacesAreFreshAndApart() {
        String one = server.newNamespace();
        String other = server.newNamespace();

        create(server.client(), one, "a");

        assertThat(server.client().configMaps().inNamespace(one).withName("a").get())
                .isNotNull();
        assertThat(server.client().configMaps().inNamespace(other).withName("a").get())
                .isNull();
    }

    @Test
    void aRestartKeepsTheDataAndTheAddress() {
        String namespace = server.newNamespace();
        create(server.client(), namespace, "a");

        server.restartApiServer();

        assertThat(server.client()
                        .configMaps()
                        .inNamespace(namespace)
                        .withName("a")
                        .get())
                .isNotNull();
    }

    @Test
    void aStoppedServerIsStartedForTheNextTest() {
        server.killApiServer();

        String namespace = KubernetesServer.shared().newNamespace();

        assertThat(server.client().namespaces().withName(namespace).get()).isNotNull();
    }

    @Test
    void requestsTimeOutWhileEtcdIsPausedAndWorkAfterwards() {
        String namespace = server.newNamespace();
        try (KubernetesClient impatient =
                server.newClient(settings -> settings.withRequestTimeout(500).withRequestRetryBackoffLimit(0))) {
            server.pauseEtcd();
            try {
                assertThatThrownBy(() -> create(impatient, namespace, "a"))
                        .isInstanceOf(KubernetesClientException.class);
            } finally {
                server.resumeEtcd();
            }

            assertThat(create(impatient, namespace, "b").getMetadata().getUid()).isNotEmpty();
        }
    }

    @Test
    void aServiceAccountMayOnlyDoWhatItIsAllowed() {
        String namespace = server.newNamespace();
        server.client()
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("nobody")
                        .withNamespace(namespace)
                        .endMetadata()
                        .build())
                .create();
        try (KubernetesClient nobody = server.clientOf(namespace, "nobody")) {
            assertThatThrownBy(() -> create(nobody, namespace, "a"))
                    .isInstanceOfSatisfying(
                            KubernetesClientException.class,
                            refused -> assertThat(refused.getCode()).isEqualTo(403))
                    .hasMessageContaining("system:serviceaccount:" + namespace + ":nobody");
        }
    }

    @Test
    void whatAnOwnerLeavesBehindIsCollected() {
        server.needsControllers();
        String namespace = server.newNamespace();
        ConfigMap owner = create(server.client(), namespace, "owner");
        server.client()
                .resource(configMap(namespace, "owned")
                        .editMetadata()
                        .addNewOwnerReference()
                        .withApiVersion("v1")
                        .withKind("ConfigMap")
                        .withName("owner")
                        .withUid(owner.getMetadata().getUid())
                        .endOwnerReference()
                        .endMetadata()
                        .build())
                .create();

        server.client().resource(owner).delete();

        Await.until(
                "the owned object is gone",
                () -> server.client()
                                .configMaps()
                                .inNamespace(namespace)
                                .withName("owned")
                                .get()
                        == null);
    }

    private static ConfigMap create(KubernetesClient client, String namespace, String name) {
        return client.resource(configMap(namespace, name).build()).create();
    }

    private static ConfigMapBuilder configMap(String namespace, String name) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata();
    }
}

package io.mlengine.backend.k8s.resource;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.VersionInfo;
import io.mlengine.backend.k8s.testing.Definitions;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.core.job.MLTrain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs on servers that know the rules' language; of those in CI the older one does not. */
class CelRulesIT {
    private final KubernetesServer server = KubernetesServer.shared();
    private final KubernetesClient client = server.client();

    @BeforeEach
    void install() {
        VersionInfo version = client.getKubernetesVersion();
        int minor = Integer.parseInt(version.getMinor().replaceAll("[^0-9].*", ""));
        assumeTrue(minor >= 25, "the server is too old for rules: 1." + minor);
        Definitions.install(client, true);
    }

    @AfterEach
    void restore() {
        Definitions.install(client);
    }

    @Test
    void onlyWishesChange() {
        MLTrain train = MLTrain.builder()
                .from(Jobs.train())
                .namespace(server.newNamespace())
                .build();
        MLTrainResource object =
                client.resource(MLTrainDocuments.resource(train)).create();

        object.getSpec().put(MLTrainWish.DESIRED, "Cancel").put(MLTrainWish.REPLICAS, 4);
        MLTrainResource changed = client.resource(object).update();

        changed.getSpec().put("framework", "jax");
        assertRefused(changed, "spec.framework cannot be changed");
        MLTrainResource raised = client.resource(object).get();
        raised.getSpec().put("priority", 7);
        assertRefused(raised, "spec.priority cannot be changed");
        MLTrainResource resumed = client.resource(object).get();
        resumed.getSpec().put(MLTrainWish.DESIRED, "Run");
        assertRefused(resumed, "a cancel cannot be taken back");
    }

    private void assertRefused(MLTrainResource object, String message) {
        assertThatThrownBy(() -> client.resource(object).update())
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining(message);
    }
}

package io.mlengine.backend.k8s.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.testing.Definitions;
import io.mlengine.backend.k8s.testing.HeldTerm;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Role;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A job that has taken the name of one that was handed over is another job, and stays. */
class NamesakesIT {
    private final KubernetesServer server = KubernetesServer.shared();
    private final KubernetesClient client = server.client();
    private final String namespace = server.newNamespace();

    @BeforeEach
    void installDefinitions() {
        Definitions.install(client);
    }

    private MLTrainResource create() {
        return client.resource(MLTrainDocuments.resource(MLTrain.named("digits")
                        .namespace(namespace)
                        .framework("pytorch")
                        .delegate(DelegateCluster.PYTORCH)
                        .addRole(Role.named("worker")
                                .command("work")
                                .image("localhost/work:1")
                                .build())
                        .build()))
                .create();
    }

    @Test
    void aJobMadeWhileItsNamesakeIsRemovedStays() {
        MLTrainResource ours = create();
        client.resource(ours).delete();
        MLTrainResource other = create();
        DelegateApi api = new DelegateApi(client, new HeldTerm(7), 7);

        api.remove(DelegatedJob.of(ours));
        assertThat(client.resource(other).get()).isNotNull();

        api.remove(DelegatedJob.of(other));
        assertThat(client.resource(other).get()).isNull();
    }
}

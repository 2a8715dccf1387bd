package io.mlengine.backend.k8s.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.testing.Definitions;
import io.mlengine.backend.k8s.testing.Interloper;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.model.Role;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A job that has taken the name of one that is over is another job, and stays. */
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
                        .framework("command")
                        .addRole(Role.named("worker")
                                .command("work")
                                .image("localhost/work:1")
                                .build())
                        .build()))
                .create();
    }

    private static void letGo(KubernetesClient client, MLTrainResource job) {
        TrainWriter writer = new TrainWriter(client, new TrainReader(client));
        writer.letGo(new TrainEntry(job, SpecWishes.of(job)));
    }

    @Test
    void aJobMadeWhileItsNamesakeIsLetGoStays() {
        MLTrainResource ours = create();
        AtomicReference<MLTrainResource> other = new AtomicReference<>();
        try (KubernetesClient late = Interloper.before(server, "DELETE", "/mltrains/digits", () -> {
            client.resource(ours).delete();
            other.set(create());
        })) {
            letGo(late, ours);
        }
        MLTrainResource now = client.resource(other.get()).get();
        assertThat(now).isNotNull();
        assertThat(now.getMetadata().getUid())
                .isEqualTo(other.get().getMetadata().getUid());

        letGo(client, now);
        assertThat(client.resource(now).get()).isNull();
    }
}

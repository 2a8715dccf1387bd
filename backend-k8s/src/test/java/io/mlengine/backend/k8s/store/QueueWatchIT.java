package io.mlengine.backend.k8s.store;

import io.mlengine.backend.k8s.resource.MLQueueResource;
import io.mlengine.backend.k8s.resource.MLQueues;
import io.mlengine.backend.k8s.store.JobStoreFixture.Open;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.core.queue.QueueConfig;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class QueueWatchIT {
    private final JobStoreFixture jobs = new JobStoreFixture();

    @AfterEach
    void close() {
        jobs.close();
    }

    @Test
    void queuesAreTold() {
        String name = "queue-" + jobs.namespace;
        Open open = jobs.open();
        MLQueueResource queue = jobs.client
                .resource(MLQueues.resource(QueueConfig.named(name).gpus(8).build()))
                .create();
        try {
            Await.until("the queue is told", () -> {
                List<QueueConfig> told = open.heard().queues.poll();
                return told != null
                        && told.contains(QueueConfig.named(name).gpus(8).build());
            });
        } finally {
            // Where any queue is configured, jobs of others may not name one that is not.
            jobs.client.resource(queue).delete();
        }
    }
}

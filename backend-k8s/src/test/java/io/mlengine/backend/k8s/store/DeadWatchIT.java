package io.mlengine.backend.k8s.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.backend.k8s.resource.MLQueues;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.BreakableLine;
import io.mlengine.backend.k8s.testing.Definitions;
import io.mlengine.backend.k8s.testing.HeldTerm;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.lifecycle.JobStateMachine;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.store.JobStore;
import io.mlengine.core.time.SystemClock;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The other ends of the store's watches vanish without a word; what happens then is heard all the same. */
@Timeout(120)
class DeadWatchIT {
    private static final Fence FENCE = new Fence("test", 7);

    private final KubernetesServer server = KubernetesServer.shared();
    private final KubernetesClient direct = server.client();
    private final String namespace = server.newNamespace();
    private final BreakableLine line = BreakableLine.to(direct.getConfiguration());
    private final KubernetesClient client = new KubernetesClientBuilder()
            .withConfig(line.config(direct.getConfiguration()))
            .build();
    private final ExecutorService writers = Executors.newFixedThreadPool(4);
    private final SystemClock clock = new SystemClock();
    private final KubernetesJobStore store = new KubernetesJobStore(
            client, Set.of(namespace), "test", new HeldTerm(FENCE.token()), writers, clock, Duration.ofSeconds(2));
    private final List<HasMetadata> queues = new ArrayList<>();
    private final Heard heard = new Heard();

    private static final class Heard implements JobStore.Outside {
        private final List<JobId> submitted = new CopyOnWriteArrayList<>();
        private final List<JobId> deleted = new CopyOnWriteArrayList<>();
        private volatile List<String> queues = List.of();

        @Override
        public void wish(JobStore.Wish wish) {
            if (wish.kind() == JobStore.Wish.Kind.DELETE) {
                deleted.add(wish.job());
            }
        }

        @Override
        public void submitted(JobStore.Submission submission) {
            submitted.add(submission.id());
        }

        @Override
        public void queues(List<QueueConfig> all) {
            queues = all.stream().map(QueueConfig::name).toList();
        }

        @Override
        public void lost(String reason) {
            throw new AssertionError(reason);
        }
    }

    @BeforeEach
    void open() {
        Definitions.install(direct);
        store.open(FENCE, heard).toCompletableFuture().join();
    }

    @AfterEach
    void close() {
        store.close();
        writers.shutdownNow();
        clock.close();
        client.close();
        line.close();
        queues.forEach(queue -> direct.resource(queue).delete());
    }

    private MLTrain train(String name) {
        return MLTrain.named(name)
                .namespace(namespace)
                .framework("command")
                .addRole(Role.named("worker")
                        .command("work")
                        .image("localhost/work:1")
                        .build())
                .build();
    }

    private MLTrainResource create(String name) {
        return direct.resource(MLTrainDocuments.resource(train(name))).create();
    }

    private HasMetadata createQueue(String name) {
        HasMetadata queue = direct.resource(
                        MLQueues.resource(QueueConfig.named(name).gpus(4).build()))
                .create();
        queues.add(queue);
        return queue;
    }

    private static JobId id(HasMetadata job) {
        return JobIds.of(job.getMetadata().getUid());
    }

    private JobId accept(MLTrainResource job) {
        Await.until("it is submitted", () -> heard.submitted.contains(id(job)));
        String name = job.getMetadata().getName();
        JobStore.Change first = new JobStore.Change(
                id(job), 0, JobStateMachine.submitted(id(job), train(name), "ada", 1, Instant.EPOCH));
        assertThat(store.commit(List.of(first), FENCE).toCompletableFuture().join())
                .containsExactly(JobStore.Committed.OK);
        return id(job);
    }

    @Test
    void aJobThatComesAndOneThatGoesAreHeardThoughTheWatchOnJobsIsDead() {
        JobId gone = accept(create("goes"));

        line.swallowAll();
        direct.resources(MLTrainResource.class)
                .inNamespace(namespace)
                .withName("goes")
                .edit(job -> {
                    job.getMetadata().setFinalizers(List.of());
                    return job;
                });
        direct.resources(MLTrainResource.class)
                .inNamespace(namespace)
                .withName("goes")
                .delete();
        JobId come = id(create("comes"));

        Await.until("the one is heard of", () -> heard.submitted.contains(come));
        Await.until("the other is heard of", () -> heard.deleted.contains(gone));
        line.swallowAll();
        JobId last = id(create("last"));
        Await.until("the next watch is looked after too", () -> heard.submitted.contains(last));
    }

    @Test
    void queuesThatComeAndGoAreHeardOfThoughTheWatchOnQueuesIsDead() {
        HasMetadata goes = createQueue(namespace + "-goes");
        Await.until("it is heard of", () -> heard.queues.contains(namespace + "-goes"));

        line.swallowAll();
        direct.resource(goes).delete();
        createQueue(namespace + "-comes");

        Await.until(
                "both are heard of",
                () -> heard.queues.contains(namespace + "-comes") && !heard.queues.contains(namespace + "-goes"));
    }
}

package io.mlengine.backend.k8s.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.Definitions;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.lifecycle.JobEvent;
import io.mlengine.core.lifecycle.JobStateMachine;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.core.store.JobStore;
import io.mlengine.core.store.JobStore.Change;
import io.mlengine.core.store.JobStore.Committed;
import io.mlengine.core.store.JobStore.Wish;
import io.mlengine.core.time.SystemClock;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Objects and stores of one namespace, for tests of the store on the real API server. Takes away what would disturb
 * others: its stores, and the threads that they write on.
 */
final class JobStoreFixture implements AutoCloseable {
    /** How long a watch may be silent before it is looked after. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    static final int WRITERS = 8;

    private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");

    private final KubernetesServer server = KubernetesServer.shared();
    final KubernetesClient client = server.client();
    final ThreadPoolExecutor writers = (ThreadPoolExecutor) Executors.newFixedThreadPool(WRITERS);
    final SystemClock clock = new SystemClock();
    final Term term = new Term();
    final String namespace;
    private final List<KubernetesJobStore> stores = new ArrayList<>();

    JobStoreFixture() {
        Definitions.install(client);
        namespace = server.newNamespace();
    }

    /** A leadership that the test gives and takes. */
    static final class Term implements Leadership {
        volatile boolean held = true;

        @Override
        public boolean isHeld() {
            return held;
        }

        @Override
        public long token() {
            return 7;
        }

        @Override
        public Optional<Instant> heldUntil() {
            return Optional.empty();
        }
    }

    static final class Heard implements JobStore.Outside {
        final BlockingQueue<JobStore.Submission> submissions = new LinkedBlockingQueue<>();
        final BlockingQueue<Wish> wishes = new LinkedBlockingQueue<>();
        final BlockingQueue<List<QueueConfig>> queues = new LinkedBlockingQueue<>();

        @Override
        public void wish(Wish wish) {
            wishes.add(wish);
        }

        @Override
        public void submitted(JobStore.Submission submission) {
            submissions.add(submission);
        }

        @Override
        public void queues(List<QueueConfig> all) {
            queues.add(all);
        }

        @Override
        public void lost(String reason) {
            throw new AssertionError(reason);
        }

        static <T> T next(BlockingQueue<T> queue) {
            try {
                T next = queue.poll(30, TimeUnit.SECONDS);
                assertThat(next).isNotNull();
                return next;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    record Open(KubernetesJobStore store, Heard heard, JobStore.Opened found) {
        Committed commit(JobId job, long expected, @Nullable JobRecord record) {
            return store.commit(List.of(new Change(job, expected, record)), found.fence())
                    .toCompletableFuture()
                    .join()
                    .get(0);
        }
    }

    Open open() {
        KubernetesJobStore store =
                new KubernetesJobStore(client, Set.of(namespace), "test", term, writers, clock, PATIENCE);
        stores.add(store);
        Heard heard = new Heard();
        JobStore.Opened found =
                store.open(new Fence("engine", 1), heard).toCompletableFuture().join();
        return new Open(store, heard, found);
    }

    /** A store that a test made by itself. */
    void closeLater(KubernetesJobStore store) {
        stores.add(store);
    }

    MLTrain train(String name) {
        return MLTrain.named(name)
                .namespace(namespace)
                .framework("command")
                .addRole(Role.named("worker")
                        .replicas(2)
                        .minReplicas(1)
                        .maxReplicas(4)
                        .command("work")
                        .image("localhost/work:1")
                        .build())
                .build();
    }

    JobId apply(String name) {
        MLTrainResource resource = MLTrainDocuments.resource(train(name));
        return JobIds.of(client.resource(resource).create().getMetadata().getUid());
    }

    Resource<MLTrainResource> object(String name) {
        return client.resources(MLTrainResource.class).inNamespace(namespace).withName(name);
    }

    void edit(String name, Map<String, Object> fields) {
        object(name).patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("spec", fields)));
    }

    void patchStatus(String name, Map<String, Object> fields) {
        object(name)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("status", fields)));
    }

    /** Has the API server serve the kind of jobs, or answer as if there were none. */
    void serve(boolean isServed) {
        client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("mltrains.mlengine.io")
                .edit(definition -> {
                    definition.getSpec().getVersions().forEach(version -> version.setServed(isServed));
                    return definition;
                });
        Await.until(isServed ? "the kind is served" : "the kind is not served", () -> {
            try {
                client.raw("/apis/mlengine.io/v1/namespaces/" + namespace + "/mltrains", "GET", null);
                return isServed;
            } catch (KubernetesClientException e) {
                return !isServed && e.getCode() == 404;
            }
        });
    }

    JobRecord created(JobId job, String name) {
        return JobStateMachine.submitted(job, train(name), "ada", 1, NOW);
    }

    JobRecord queued(JobRecord created) {
        return JobStateMachine.apply(created, new JobEvent.Accept(), NOW).record();
    }

    @Override
    public void close() {
        stores.forEach(KubernetesJobStore::close);
        writers.shutdownNow();
        clock.close();
    }
}

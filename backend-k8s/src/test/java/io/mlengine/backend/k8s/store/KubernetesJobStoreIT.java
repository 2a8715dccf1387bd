package io.mlengine.backend.k8s.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.resource.Definitions;
import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLQueueResource;
import io.mlengine.backend.k8s.resource.MLQueues;
import io.mlengine.backend.k8s.resource.MLTrainCondition;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.core.document.RecordDocument;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class KubernetesJobStoreIT {
    private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final KubernetesServer server = KubernetesServer.shared();
    private final KubernetesClient client = server.client();
    private final ExecutorService writers = Executors.newFixedThreadPool(8);
    private final SystemClock clock = new SystemClock();
    private final List<KubernetesJobStore> stores = new ArrayList<>();
    private final Term term = new Term();
    private String namespace = "";

    /** A leadership that the test gives and takes. */
    private static final class Term implements Leadership {
        private volatile boolean held = true;

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

    private static final class Heard implements JobStore.Outside {
        private final BlockingQueue<JobStore.Submission> submissions = new LinkedBlockingQueue<>();
        private final BlockingQueue<Wish> wishes = new LinkedBlockingQueue<>();
        private final BlockingQueue<List<QueueConfig>> queues = new LinkedBlockingQueue<>();

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

        private static <T> T next(BlockingQueue<T> queue) {
            try {
                T next = queue.poll(30, TimeUnit.SECONDS);
                assertThat(next).isNotNull();
                return next;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private record Open(KubernetesJobStore store, Heard heard, JobStore.Opened found) {
        Committed commit(JobId job, long expected, @Nullable JobRecord record) {
            return store.commit(List.of(new Change(job, expected, record)), found.fence())
                    .toCompletableFuture()
                    .join()
                    .get(0);
        }
    }

    @BeforeEach
    void installDefinitions() {
        Definitions.install(server.client());
        namespace = server.newNamespace();
    }

    @AfterEach
    void close() {
        stores.forEach(KubernetesJobStore::close);
        writers.shutdownNow();
        clock.close();
    }

    private Open open() {
        KubernetesJobStore store =
                new KubernetesJobStore(client, Set.of(namespace), "test", term, writers, clock, PATIENCE);
        stores.add(store);
        Heard heard = new Heard();
        JobStore.Opened found =
                store.open(new Fence("engine", 1), heard).toCompletableFuture().join();
        return new Open(store, heard, found);
    }

    private MLTrain train(String name) {
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

    private JobId apply(String name) {
        MLTrainResource resource = MLTrainDocuments.resource(train(name));
        return JobIds.of(client.resource(resource).create().getMetadata().getUid());
    }

    private Resource<MLTrainResource> object(String name) {
        return client.resources(MLTrainResource.class).inNamespace(namespace).withName(name);
    }

    private JobRecord created(JobId job, String name) {
        return JobStateMachine.submitted(job, train(name), "ada", 1, NOW);
    }

    private static JobRecord queued(JobRecord created) {
        return JobStateMachine.apply(created, new JobEvent.Accept(), NOW).record();
    }

    @Test
    void anObjectIsSubmittedAndItsRecordIsReadAgainByTheNextEngine() {
        JobId job = apply("one");
        Open first = open();

        JobStore.Submission submission = Heard.next(first.heard.submissions);
        assertThat(submission.id()).isEqualTo(job);
        assertThat(submission.train()).isEqualTo(train("one"));
        assertThat(first.commit(job, 0, created(job, "one"))).isEqualTo(Committed.OK);
        JobRecord queued = queued(created(job, "one"));
        assertThat(first.commit(job, 1, queued)).isEqualTo(Committed.OK);

        MLTrainResource stored = object("one").get();
        assertThat(stored.getStatus().phase()).isEqualTo("Queued");
        assertThat(stored.getMetadata().getFinalizers()).contains(Labels.FINALIZER);
        assertThat(open().found.records()).containsExactly(queued);
        assertThat(first.found.fence()).isEqualTo(new Fence("test", 7));
    }

    /** Holds back what a watch tells, as a loaded machine does. */
    private static final class Gate implements Executor {
        private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
        private volatile boolean isOpen;

        @Override
        public void execute(Runnable work) {
            held.add(work);
            if (isOpen) {
                open();
            }
        }

        boolean holds() {
            return !held.isEmpty();
        }

        synchronized void open() {
            isOpen = true;
            for (Runnable work = held.poll(); work != null; work = held.poll()) {
                work.run();
            }
        }
    }

    @Test
    void aRecordIsReadHoweverLateTheWatchTellsOfIt() {
        JobId job = apply("one");
        Open first = open();
        Heard.next(first.heard.submissions);
        first.commit(job, 0, created(job, "one"));
        JobRecord queued = queued(created(job, "one"));
        first.commit(job, 1, queued);

        Gate gate = new Gate();
        try (KubernetesClient slow = new KubernetesClientBuilder()
                .withConfig(client.getConfiguration())
                .withTaskExecutor(gate)
                .build()) {
            KubernetesJobStore store =
                    new KubernetesJobStore(slow, Set.of(namespace), "test", term, writers, clock, PATIENCE);
            stores.add(store);
            Heard heard = new Heard();
            CompletableFuture<JobStore.Opened> opening =
                    store.open(new Fence("engine", 2), heard).toCompletableFuture();
            Await.until("the watch has listed", gate::holds);
            // Meanwhile the watch begins, after which nothing keeps the store from being open but what is held.
            for (int i = 0; i < 20; i++) {
                object("one").get();
            }
            assertThat(opening).isNotDone();

            gate.open();
            assertThat(opening.join().records()).containsExactly(queued);
            assertThat(heard.submissions).isEmpty();
            store.close();
        }
    }

    @Test
    void aCallMakesAnObjectAndATakenNameIsSaid() {
        Open open = open();

        Optional<JobId> made =
                open.store.create(train("one"), "ada").toCompletableFuture().join();
        Optional<JobId> again =
                open.store.create(train("one"), "ada").toCompletableFuture().join();

        JobId job = made.orElseThrow();
        assertThat(again).isEmpty();
        assertThat(open.commit(job, 0, created(job, "one"))).isEqualTo(Committed.OK);
        assertThat(object("one").get().getStatus().record()).isNotNull();
        assertThat(object("one").get().getMetadata().getAnnotations()).containsEntry(Labels.USER, "ada");
    }

    @Test
    void aJobThatTheWatchHasNotToldOfYetIsWritten() {
        Open open = open();

        for (int i = 0; i < 20; i++) {
            String name = "one-" + i;
            JobId job = open.store
                    .create(train(name), "ada")
                    .toCompletableFuture()
                    .join()
                    .orElseThrow();

            assertThat(open.store.find(job)).isPresent();
            assertThat(open.commit(job, 0, created(job, name))).isEqualTo(Committed.OK);
            assertThat(object(name).get().getStatus().record()).isNotNull();
        }
    }

    @Test
    void changesOfTheSpecAreWishes() {
        JobId job = apply("one");
        Open open = open();
        Heard.next(open.heard.submissions);
        open.commit(job, 0, created(job, "one"));

        edit("one", Map.of("desired", "Suspend"));
        assertThat(Heard.next(open.heard.wishes)).isEqualTo(new Wish(job, Wish.Kind.SUSPEND, ""));
        edit("one", Map.of("desired", "Run"));
        assertThat(Heard.next(open.heard.wishes)).isEqualTo(new Wish(job, Wish.Kind.RESUME, ""));
        edit("one", Map.of("replicas", 4));
        assertThat(Heard.next(open.heard.wishes)).isEqualTo(new Wish(job, Wish.Kind.RESIZE, "worker=4"));
        edit("one", Map.of("desired", "Cancel"));
        assertThat(Heard.next(open.heard.wishes).kind()).isEqualTo(Wish.Kind.CANCEL);
    }

    private void edit(String name, Map<String, Object> fields) {
        object(name).patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("spec", fields)));
    }

    @Test
    void aDeletedObjectStaysUntilItsJobIsForgotten() {
        JobId job = apply("one");
        Open open = open();
        Heard.next(open.heard.submissions);
        open.commit(job, 0, created(job, "one"));

        object("one").delete();
        assertThat(Heard.next(open.heard.wishes)).isEqualTo(new Wish(job, Wish.Kind.DELETE, ""));
        assertThat(object("one").get()).isNotNull();

        assertThat(open.commit(job, 1, null)).isEqualTo(Committed.OK);
        Await.until("the object is gone", () -> object("one").get() == null);
    }

    @Test
    void anObjectThatSomebodyTookAwayIsForgotten() {
        JobId job = apply("one");
        Open open = open();
        Heard.next(open.heard.submissions);
        open.commit(job, 0, created(job, "one"));

        object("one").patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"finalizers\":null}}");
        object("one").delete();

        assertThat(Heard.next(open.heard.wishes)).isEqualTo(new Wish(job, Wish.Kind.DELETE, ""));
        Await.until("the object is forgotten", () -> open.store.find(job).isEmpty());
    }

    @Test
    void aKindThatIsNotServedForAWhileTakesNoJobAway() {
        JobId job = apply("one");
        Open open = open();
        Heard.next(open.heard.submissions);
        open.commit(job, 0, created(job, "one"));
        try {
            serve(false);
            assertThatThrownBy(() -> open.commit(job, 1, queued(created(job, "one"))))
                    .hasRootCauseInstanceOf(KubernetesClientException.class);
            assertThatThrownBy(() -> open.commit(job, 1, null)).hasRootCauseInstanceOf(KubernetesClientException.class);
        } finally {
            serve(true);
        }

        assertThat(open.commit(job, 1, queued(created(job, "one")))).isEqualTo(Committed.OK);
        assertThat(object("one").get().getStatus().phase()).isEqualTo("Queued");
        edit("one", Map.of("desired", "Suspend"));
        assertThat(Heard.next(open.heard.wishes)).isEqualTo(new Wish(job, Wish.Kind.SUSPEND, ""));
    }

    private void serve(boolean isServed) {
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

    @Test
    void whatIsWishedBeforeTheFirstRecordIsToldAfterIt() {
        JobId suspended = apply("suspended");
        JobId deleted = apply("deleted");
        Open open = open();
        Heard.next(open.heard.submissions);
        Heard.next(open.heard.submissions);
        edit("suspended", Map.of("desired", "Suspend"));
        object("deleted").delete();
        assertThat(Heard.next(open.heard.submissions).id())
                .as("it is said again")
                .isEqualTo(suspended);
        Await.until("it is gone", () -> open.store.find(deleted).isEmpty());

        try {
            serve(false);
            assertThatThrownBy(() -> open.commit(suspended, 0, created(suspended, "suspended")))
                    .as("the first try fails")
                    .hasRootCauseInstanceOf(KubernetesClientException.class);
        } finally {
            serve(true);
        }
        open.commit(suspended, 0, created(suspended, "suspended"));
        assertThat(Heard.next(open.heard.wishes)).isEqualTo(new Wish(suspended, Wish.Kind.SUSPEND, ""));
        open.commit(deleted, 0, created(deleted, "deleted"));
        assertThat(Heard.next(open.heard.wishes)).isEqualTo(new Wish(deleted, Wish.Kind.DELETE, ""));
    }

    @Test
    void aForgottenJobTakesItsObjectWithIt() {
        JobId job = apply("one");
        Open open = open();
        Heard.next(open.heard.submissions);
        open.commit(job, 0, created(job, "one"));

        assertThat(open.commit(job, 1, null)).isEqualTo(Committed.OK);

        Await.until("the object is gone", () -> object("one").get() == null);
    }

    @Test
    void otherWritersOfTheObjectDisturbNobody() {
        JobId job = apply("one");
        Open open = open();
        Heard.next(open.heard.submissions);
        JobRecord record = created(job, "one");
        open.commit(job, 0, record);

        for (int i = 0; i < 20; i++) {
            object("one")
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            Serialization.asJson(Map.of("metadata", Map.of("labels", Map.of("round", "r" + i)))));
            JobRecord next = JobRecord.builder()
                    .from(record)
                    .version(record.version() + 1)
                    .build();
            assertThat(open.commit(job, record.version(), next)).isEqualTo(Committed.OK);
            record = next;
        }

        assertThat(open().found.records()).containsExactly(record);
    }

    @Test
    void aRecordIsReplacedOnlyByItsSuccessor() {
        JobId job = apply("one");
        Open old = open();
        Heard.next(old.heard.submissions);
        old.commit(job, 0, created(job, "one"));
        Open next = open();
        next.commit(job, 1, queued(created(job, "one")));

        assertThat(old.commit(job, 1, queued(created(job, "one")))).isEqualTo(Committed.OK);
        JobRecord other = JobRecord.builder()
                .from(queued(created(job, "one")))
                .user("eve")
                .version(2)
                .build();
        assertThat(old.commit(job, 1, other)).isEqualTo(Committed.CONFLICT);
    }

    @Test
    void aRecordThatCannotBeReadSetsItsJobAsideAndNoOther() {
        JobId broken = apply("broken");
        JobId whole = apply("whole");
        Open first = open();
        first.commit(broken, 0, created(broken, "broken"));
        first.commit(whole, 0, created(whole, "whole"));
        first.store.close();
        String record = "{\"version\": 9, \"secret\": \"hunter2\"}";
        patchStatus("broken", Map.of("record", record));

        Open next = open();

        assertThat(next.found.records()).containsExactly(created(whole, "whole"));
        assertThat(next.store.find(broken)).as("its pods are not ours").isEmpty();
        MLTrainCondition shown = Await.until(
                "the condition",
                () -> object("broken").get().getStatus().conditions().stream()
                        .filter(condition -> "RecordReadable".equals(condition.type()))
                        .findFirst());
        assertThat(shown.status()).isEqualTo("False");
        assertThat(shown.message())
                .contains("cannot be read: A stored job record cannot be read.", "Maybe put status.record back")
                .doesNotContain("hunter2");
        assertThat(object("broken").get().getStatus().record()).isEqualTo(record);
        assertThat(object("broken").get().getStatus().conditions()).hasSizeGreaterThan(1);
        Await.until(
                "the Event",
                () -> client.v1().events().inNamespace(namespace).list().getItems().stream()
                        .anyMatch(event -> "UnreadableRecord".equals(event.getReason())));

        assertThat(next.heard.submissions).isEmpty();
        object("broken").delete();
        Await.until("it may be given up", () -> object("broken").get() == null);
    }

    @Test
    void anObjectWhoseBrokenRecordIsTakenAwayIsANewJob() {
        JobId job = apply("one");
        Open first = open();
        first.commit(job, 0, created(job, "one"));
        first.store.close();
        JobId other = apply("other");
        String record = RecordDocument.write(created(other, "other"));
        patchStatus("one", Map.of("record", record));
        Open next = open();
        assertThat(next.found.records()).isEmpty();
        assertThat(Heard.next(next.heard.submissions).id()).isEqualTo(other);

        Map<String, Object> nothing = new HashMap<>();
        nothing.put("record", null);
        nothing.put("recordVersion", null);
        patchStatus("one", nothing);

        assertThat(Heard.next(next.heard.submissions).id()).isEqualTo(job);
        assertThat(next.commit(job, 0, created(job, "one"))).isEqualTo(Committed.OK);
    }

    private void patchStatus(String name, Map<String, Object> fields) {
        object(name)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("status", fields)));
    }

    @Test
    void whoDoesNotLeadWritesNothing() {
        JobId job = apply("one");
        Open open = open();
        Heard.next(open.heard.submissions);
        term.held = false;

        assertThat(open.commit(job, 0, created(job, "one"))).isEqualTo(Committed.FENCED);
        assertThat(object("one").get().getStatus()).isNull();
    }

    @Test
    void anInvalidObjectShowsEverythingThatIsWrongAndIsReadAgainWhenItChanges() {
        MLTrainResource resource = MLTrainDocuments.resource(train("one"));
        resource.getSpec().put("sparetime", 5);
        MLTrainResource made = client.resource(resource).create();
        Open open = open();

        MLTrainResource shown = Await.until(
                "the rejection", () -> Optional.of(object("one").get()).filter(now -> now.getStatus() != null));
        assertThat(shown.getStatus().phase()).isEqualTo("Rejected");
        assertThat(shown.getStatus().message()).contains("ML-412 spec.sparetime: unknown field");

        Map<String, Object> nothing = new HashMap<>();
        nothing.put("sparetime", null);
        edit("one", nothing);
        assertThat(Heard.next(open.heard.submissions).id())
                .isEqualTo(JobIds.of(made.getMetadata().getUid()));
    }

    @Test
    void queuesAreTold() {
        String name = "queue-" + namespace;
        Open open = open();
        MLQueueResource queue = client.resource(
                        MLQueues.resource(QueueConfig.named(name).gpus(8).build()))
                .create();
        try {
            Await.until("the queue is told", () -> {
                List<QueueConfig> told = open.heard.queues.poll();
                return told != null
                        && told.contains(QueueConfig.named(name).gpus(8).build());
            });
        } finally {
            // Where any queue is configured, jobs of others may not name one that is not.
            client.resource(queue).delete();
        }
    }

    @Test
    void phasesAreShownAsTheyAre() {
        JobId job = apply("one");
        Open open = open();
        Heard.next(open.heard.submissions);
        JobRecord queued = queued(created(job, "one"));
        open.commit(job, 0, queued);

        assertThat(queued.phase()).isEqualTo(Phase.QUEUED);
        assertThat(object("one").get().getStatus().observedGeneration()).isEqualTo(1);
    }
}

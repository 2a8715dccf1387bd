package io.mlengine.backend.k8s.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mlengine.backend.k8s.resource.JobIds;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.store.JobStoreFixture.Heard;
import io.mlengine.backend.k8s.store.JobStoreFixture.Open;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.Phase;
import io.mlengine.core.store.JobStore;
import io.mlengine.core.store.JobStore.Committed;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.model.JobId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class KubernetesJobStoreIT {
    private final JobStoreFixture jobs = new JobStoreFixture();

    @AfterEach
    void close() {
        jobs.close();
    }

    @Test
    void anObjectIsSubmittedAndItsRecordIsReadAgainByTheNextEngine() {
        JobId job = jobs.apply("one");
        Open first = jobs.open();

        JobStore.Submission submission = Heard.next(first.heard().submissions);
        assertThat(submission.id()).isEqualTo(job);
        assertThat(submission.train()).isEqualTo(jobs.train("one"));
        assertThat(first.commit(job, 0, jobs.created(job, "one"))).isEqualTo(Committed.OK);
        JobRecord queued = jobs.queued(jobs.created(job, "one"));
        assertThat(first.commit(job, 1, queued)).isEqualTo(Committed.OK);

        MLTrainResource stored = jobs.object("one").get();
        assertThat(stored.getStatus().phase()).isEqualTo("Queued");
        assertThat(stored.getMetadata().getFinalizers()).contains(Labels.FINALIZER);
        assertThat(jobs.open().found().records()).containsExactly(queued);
        assertThat(first.found().fence()).isEqualTo(new Fence("test", 7));
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
        JobId job = jobs.apply("one");
        Open first = jobs.open();
        Heard.next(first.heard().submissions);
        first.commit(job, 0, jobs.created(job, "one"));
        JobRecord queued = jobs.queued(jobs.created(job, "one"));
        first.commit(job, 1, queued);

        Gate gate = new Gate();
        try (KubernetesClient slow = new KubernetesClientBuilder()
                .withConfig(jobs.client.getConfiguration())
                .withTaskExecutor(gate)
                .build()) {
            KubernetesJobStore store = new KubernetesJobStore(
                    slow,
                    Set.of(jobs.namespace),
                    "test",
                    jobs.term,
                    jobs.writers,
                    jobs.clock,
                    JobStoreFixture.PATIENCE);
            jobs.closeLater(store);
            Heard heard = new Heard();
            CompletableFuture<JobStore.Opened> opening =
                    store.open(new Fence("engine", 2), heard).toCompletableFuture();
            Await.until("the watch has listed", gate::holds);
            // Meanwhile the watch begins, after which nothing keeps the store from being open but what is held.
            for (int i = 0; i < 20; i++) {
                jobs.object("one").get();
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
        Open open = jobs.open();

        Optional<JobId> made = open.store()
                .create(jobs.train("one"), "ada")
                .toCompletableFuture()
                .join();
        Optional<JobId> again = open.store()
                .create(jobs.train("one"), "ada")
                .toCompletableFuture()
                .join();

        JobId job = made.orElseThrow();
        assertThat(again).isEmpty();
        assertThat(open.commit(job, 0, jobs.created(job, "one"))).isEqualTo(Committed.OK);
        assertThat(jobs.object("one").get().getStatus().record()).isNotNull();
        assertThat(jobs.object("one").get().getMetadata().getAnnotations()).containsEntry(Labels.USER, "ada");
    }

    @Test
    void aJobThatTheWatchHasNotToldOfYetIsWritten() {
        Open open = jobs.open();

        for (int i = 0; i < 20; i++) {
            String name = "one-" + i;
            JobId job = open.store()
                    .create(jobs.train(name), "ada")
                    .toCompletableFuture()
                    .join()
                    .orElseThrow();

            assertThat(open.store().find(job)).isPresent();
            assertThat(open.commit(job, 0, jobs.created(job, name))).isEqualTo(Committed.OK);
            assertThat(jobs.object(name).get().getStatus().record()).isNotNull();
        }
    }

    @Test
    void aForgottenJobTakesItsObjectWithIt() {
        JobId job = jobs.apply("one");
        Open open = jobs.open();
        Heard.next(open.heard().submissions);
        open.commit(job, 0, jobs.created(job, "one"));

        assertThat(open.commit(job, 1, null)).isEqualTo(Committed.OK);

        Await.until("the object is gone", () -> jobs.object("one").get() == null);
    }

    @Test
    void otherWritersOfTheObjectDisturbNobody() {
        JobId job = jobs.apply("one");
        Open open = jobs.open();
        Heard.next(open.heard().submissions);
        JobRecord record = jobs.created(job, "one");
        open.commit(job, 0, record);

        for (int i = 0; i < 20; i++) {
            jobs.object("one")
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

        assertThat(jobs.open().found().records()).containsExactly(record);
    }

    @Test
    void aRecordIsReplacedOnlyByItsSuccessor() {
        JobId job = jobs.apply("one");
        Open old = jobs.open();
        Heard.next(old.heard().submissions);
        old.commit(job, 0, jobs.created(job, "one"));
        Open next = jobs.open();
        next.commit(job, 1, jobs.queued(jobs.created(job, "one")));

        assertThat(old.commit(job, 1, jobs.queued(jobs.created(job, "one")))).isEqualTo(Committed.OK);
        JobRecord other = JobRecord.builder()
                .from(jobs.queued(jobs.created(job, "one")))
                .user("eve")
                .version(2)
                .build();
        assertThat(old.commit(job, 1, other)).isEqualTo(Committed.CONFLICT);
    }

    @Test
    void whoDoesNotLeadWritesNothing() {
        JobId job = jobs.apply("one");
        Open open = jobs.open();
        Heard.next(open.heard().submissions);
        jobs.term.held = false;

        assertThat(open.commit(job, 0, jobs.created(job, "one"))).isEqualTo(Committed.FENCED);
        assertThat(jobs.object("one").get().getStatus()).isNull();
    }

    @Test
    void anInvalidObjectShowsEverythingThatIsWrongAndIsReadAgainWhenItChanges() {
        MLTrainResource resource = MLTrainDocuments.resource(jobs.train("one"));
        resource.getSpec().put("sparetime", 5);
        MLTrainResource made = jobs.client.resource(resource).create();
        Open open = jobs.open();

        MLTrainResource shown = Await.until(
                "the rejection", () -> Optional.of(jobs.object("one").get()).filter(now -> now.getStatus() != null));
        assertThat(shown.getStatus().phase()).isEqualTo("Rejected");
        assertThat(shown.getStatus().message()).contains("ML-412 spec.sparetime: unknown field");

        Map<String, Object> nothing = new HashMap<>();
        nothing.put("sparetime", null);
        jobs.edit("one", nothing);
        assertThat(Heard.next(open.heard().submissions).id())
                .isEqualTo(JobIds.of(made.getMetadata().getUid()));
    }

    @Test
    void aRejectionThatCouldNotBeNotedIsNotedLater() {
        Open open = jobs.open();
        CountDownLatch held = new CountDownLatch(1);
        for (int i = 0; i < JobStoreFixture.WRITERS; i++) {
            jobs.writers.submit(() -> {
                held.await();
                return null;
            });
        }
        MLTrainResource resource = MLTrainDocuments.resource(jobs.train("one"));
        resource.getSpec().put("sparetime", 5);
        JobId job =
                JobIds.of(jobs.client.resource(resource).create().getMetadata().getUid());
        Await.until("the object is heard of", () -> open.store().find(job).isPresent());
        try {
            jobs.serve(false);
            held.countDown();
            Await.until("the write has failed", () -> jobs.writers.getCompletedTaskCount() > JobStoreFixture.WRITERS);
            assertThat(open.store().find(job)).isPresent();
        } finally {
            held.countDown();
            jobs.serve(true);
        }

        MLTrainResource shown = Await.until(
                "the rejection", () -> Optional.of(jobs.object("one").get()).filter(now -> now.getStatus() != null));
        assertThat(shown.getStatus().phase()).isEqualTo("Rejected");
    }

    @Test
    void phasesAreShownAsTheyAre() {
        JobId job = jobs.apply("one");
        Open open = jobs.open();
        Heard.next(open.heard().submissions);
        JobRecord queued = jobs.queued(jobs.created(job, "one"));
        open.commit(job, 0, queued);

        assertThat(queued.phase()).isEqualTo(Phase.QUEUED);
        assertThat(jobs.object("one").get().getStatus().observedGeneration()).isEqualTo(1);
    }
}

package io.mlengine.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Outcome;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.core.lifecycle.JobStateMachine;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.spi.backend.Fence;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderJobStoreTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final Fence FENCE = new Fence("test", 1);
    private static final JobId ID = JobId.of("mlt-1");

    @TempDir
    Path root;

    private static JobRecord created() {
        MLTrain train = MLTrain.named("bert")
                .framework("command")
                .addRole(Role.named("worker").command("true").build())
                .runPolicy(RunPolicy.builder()
                        .ttlAfterFinished(Duration.ofHours(1))
                        .build())
                .build();
        return JobStateMachine.submitted(ID, train, "ana", 1, NOW);
    }

    private static JobRecord finished() {
        return JobRecord.builder()
                .from(created())
                .version(2)
                .phase(Phase.SUCCEEDED)
                .outcome(new Outcome(Outcome.Result.SUCCEEDED, "Succeeded", "", Optional.empty(), NOW))
                .finishedAt(NOW)
                .build();
    }

    private FolderJobStore open(Instant now, BlockingQueue<JobStore.Wish> wishes) {
        FolderJobStore store = FolderJobStore.below(root, InstantSource.fixed(now));
        store.open(FENCE, new Wishes(wishes)).toCompletableFuture().join();
        return store;
    }

    private record Wishes(BlockingQueue<JobStore.Wish> taken) implements JobStore.Outside {
        @Override
        public void wish(JobStore.Wish wish) {
            taken.add(wish);
        }

        @Override
        public void submitted(JobStore.Submission submission) {
            throw new AssertionError("a folder submits nothing");
        }

        @Override
        public void queues(List<QueueConfig> queues) {
            throw new AssertionError("a folder has no queues");
        }

        @Override
        public void lost(String reason) {
            throw new AssertionError(reason);
        }
    }

    private static void commit(JobStore store, long expected, JobRecord record) {
        assertThat(store.commit(List.of(new JobStore.Change(ID, expected, record)), FENCE)
                        .toCompletableFuture()
                        .join())
                .containsExactly(JobStore.Committed.OK);
    }

    @Test
    void readersSeeWhatWasCommittedWhileTheEngineLivesAndAfterwards() {
        FolderJobs reader = FolderJobs.below(root);
        try (FolderJobStore store = open(NOW, new LinkedBlockingQueue<>())) {
            commit(store, 0, created());
            assertThat(reader.list()).containsExactly(created());
            assertThat(reader.isOwned(ID)).isTrue();
        }
        assertThat(reader.list()).containsExactly(created());
        assertThat(reader.isOwned(ID)).isFalse();
    }

    @Test
    void jobsAreFoundByIdByItsBeginningAndByName() {
        try (FolderJobStore store = open(NOW, new LinkedBlockingQueue<>())) {
            commit(store, 0, created());
        }
        FolderJobs reader = FolderJobs.below(root);
        assertThat(reader.find("mlt-1")).hasSize(1);
        assertThat(reader.find("mlt")).hasSize(1);
        assertThat(reader.find("bert")).hasSize(1);
        assertThat(reader.find("nobody")).isEmpty();
    }

    @Test
    void wishesOfOtherProcessesReachTheOwner() throws InterruptedException {
        BlockingQueue<JobStore.Wish> wishes = new LinkedBlockingQueue<>();
        try (FolderJobStore store = open(NOW, wishes)) {
            commit(store, 0, created());
            JobStore.Wish wish = new JobStore.Wish(ID, JobStore.Wish.Kind.CANCEL, "enough\nof it");

            FolderJobs.below(root).wish(wish);

            assertThat(wishes.poll(10, TimeUnit.SECONDS)).isEqualTo(wish);
        }
    }

    @Test
    void finishedJobWhoseTimeRanOutUnseenIsRemovedByTheNextEngine() {
        try (FolderJobStore store = open(NOW, new LinkedBlockingQueue<>())) {
            commit(store, 0, created());
            commit(store, 1, finished());
        }
        open(NOW.plus(Duration.ofMinutes(59)), new LinkedBlockingQueue<>()).close();
        assertThat(root.resolve("jobs").resolve(ID.value())).exists();
        open(NOW.plus(Duration.ofMinutes(60)), new LinkedBlockingQueue<>()).close();
        assertThat(root.resolve("jobs").resolve(ID.value())).doesNotExist();
    }

    @Test
    void droppedRecordTakesItsFolderAlong() {
        try (FolderJobStore store = open(NOW, new LinkedBlockingQueue<>())) {
            commit(store, 0, created());
            store.commit(List.of(new JobStore.Change(ID, 1, null)), FENCE)
                    .toCompletableFuture()
                    .join();
            assertThat(Files.exists(root.resolve("jobs").resolve(ID.value()))).isFalse();
        }
    }
}

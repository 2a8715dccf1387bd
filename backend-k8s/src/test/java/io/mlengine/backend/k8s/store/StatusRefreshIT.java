package io.mlengine.backend.k8s.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLTrainWaiting;
import io.mlengine.backend.k8s.store.JobStoreFixture.Open;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.core.api.EngineEvent;
import io.mlengine.core.api.JobView;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.scheduling.BlockingReason;
import io.mlengine.core.scheduling.Wait;
import io.mlengine.spi.model.JobId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What statuses say beside the record, when nothing of the record changes. */
class StatusRefreshIT {
    private final JobStoreFixture jobs = new JobStoreFixture();

    @AfterEach
    void close() {
        jobs.close();
    }

    private static void waits(Open engine, JobRecord record, int position) {
        BlockingReason reason =
                new BlockingReason(BlockingReason.Code.NO_ROOM, "gpus", 8, 2, 6, "", List.of(JobId.of("other")));
        Wait wait = new Wait(List.of(reason), position, Optional.empty());
        JobView view = JobView.builder()
                .record(record)
                .asOf(Instant.EPOCH)
                .waiting(wait)
                .build();
        engine.store()
                .listener()
                .orElseThrow()
                .onEvent(new EngineEvent(
                        1, Instant.EPOCH, record.id(), EngineEvent.Type.WAITING, record.phase(), wait.text(), view));
    }

    private JobRecord commit(Open engine, String name) {
        JobId job = jobs.apply(name);
        JobStoreFixture.Heard.next(engine.heard().submissions);
        JobRecord created = jobs.created(job, name);
        engine.commit(job, 0, created);
        JobRecord queued = jobs.queued(created);
        engine.commit(job, created.version(), queued);
        return queued;
    }

    private void awaitPosition(String name, int position) {
        Await.until(
                name + " waits at position " + position,
                () -> Optional.ofNullable(jobs.object(name).get().getStatus().waiting())
                        .map(MLTrainWaiting::position)
                        .filter(shown -> shown == position));
    }

    private static String version(MLTrainResource resource) {
        return resource.getMetadata().getResourceVersion();
    }

    @Test
    void afterAFailOverAJobSaysWhatItWaitsForNow() {
        Open before = jobs.open();
        JobRecord moves = commit(before, "moves");
        JobRecord stays = commit(before, "stays");
        waits(before, moves, 7);
        waits(before, stays, 8);
        awaitPosition("moves", 7);
        awaitPosition("stays", 8);
        String unchanged = version(jobs.object("stays").get());

        Open after = jobs.open();
        waits(after, stays, 8);
        waits(after, moves, 3);
        awaitPosition("moves", 3);

        assertThat(version(jobs.object("stays").get())).isEqualTo(unchanged);
    }
}

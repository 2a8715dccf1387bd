package io.mlengine.plugins.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.mlengine.core.job.JobRecord;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.RunPolicy.Cleanup;
import io.mlengine.core.lifecycle.Effect;
import io.mlengine.core.lifecycle.JobDriver;
import io.mlengine.core.lifecycle.JobEvent;
import io.mlengine.core.lifecycle.Jobs;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** What the training operator's tests say of cleaning up. */
final class CleanupCases {
    private CleanupCases() {}

    static void timeToLive(JsonNode row) {
        JsonNode seconds = row.get("ttlSecondsAfterFinished");
        MLTrain train = Jobs.with(
                policy -> seconds.isNull() ? policy : policy.ttlAfterFinished(Duration.ofSeconds(seconds.asLong())),
                Jobs.worker(1).build());
        if (row.path("suspended").asBoolean()) {
            JobDriver job = JobDriver.queued(train).send(new JobEvent.Suspend());
            assertThat(job.wakeAfter(Duration.ofDays(1000)).phase()).isEqualTo(Phase.SUSPENDED);
            return;
        }
        JobDriver job = JobDriver.running(train).exit("worker", 0, 0);
        if (row.get("completionTime").isNull()) {
            assertThat(job.record().finishedAt()).isPresent();
            assertThatThrownBy(() -> JobRecord.builder()
                            .from(job.record())
                            .finishedAt(Optional.empty())
                            .build())
                    .isInstanceOf(IllegalStateException.class);
            return;
        }
        boolean longAgo = row.get("completionTime").asText().equals("now-24h");
        job.wakeAfter(longAgo ? Duration.ofDays(1) : Duration.ZERO);
        boolean deleted = row.get("expect").asText().equals("deleted");
        assertThat(job.phase()).isEqualTo(deleted ? Phase.DELETING : Phase.SUCCEEDED);
        assertThat(job.effects(Effect.Remove.class)).hasSize(deleted ? 1 : 0);
    }

    /** Workers have succeeded, parameter servers run: under every policy they are stopped, and holds nothing. */
    static void cleanPodPolicy(JsonNode row) {
        String word = row.get("cleanPodPolicy").asText();
        Cleanup policy = Cleanup.valueOf(word.toUpperCase(Locale.ROOT));
        JobDriver job = JobDriver.running(Jobs.with(
                with -> with.cleanup(policy),
                Jobs.worker(4).build(),
                Jobs.server(2).build()));
        for (int i = 0; i < 4; i++) {
            job.exit("worker", i, 0);
        }
        job.wakeAtNextTimer();
        assertThat(job.effects(Effect.Stop.class)).hasSize(1);

        job.allStopped();

        assertThat(job.phase()).isEqualTo(Phase.SUCCEEDED);
        assertThat(job.attempt().replicas().values()).noneMatch(replica -> replica.mayLive());
        // What is left behind goes with the policy; ended replicas and their logs stay unless it says ALL.
        assertThat(job.effects())
                .containsExactly(new Effect.Release(job.attempt().id(), policy));
    }
}

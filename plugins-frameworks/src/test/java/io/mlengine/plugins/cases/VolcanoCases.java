package io.mlengine.plugins.cases;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mlengine.core.job.Condition;
import io.mlengine.core.job.Conditions;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.core.job.Retries;
import io.mlengine.core.job.SchedulingWishes;
import io.mlengine.core.job.SuccessPolicy;
import io.mlengine.core.lifecycle.Effect;
import io.mlengine.core.lifecycle.JobDriver;
import io.mlengine.core.lifecycle.Jobs;
import io.mlengine.core.lifecycle.Reason;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.model.RestartScope;
import java.util.OptionalInt;

/** Volcano's state rows. Its minAvailable is our gang minimum, its minSuccess our minSucceeded. */
final class VolcanoCases {
    private VolcanoCases() {}

    /** The task's own policy goes before the job's: a role that says ROLE is restarted alone, one that says GROUP with all. */
    static void precedence(JobCase data) {
        assertThat(data.input().get("event").asText()).isEqualTo("PodFailed");
        assertThat(data.input().get("task_policy").get("event").asText()).isEqualTo("PodFailed");
        String action = data.expect().get("action").asText();
        assertThat(data.input().get("task_policy").get("action").asText()).isEqualTo(action);
        JobDriver job = JobDriver.running(Jobs.of(
                Jobs.worker(1).restartScope(scope(action)).build(),
                Jobs.chief().restartScope(RestartScope.GROUP).build()));

        job.exit("worker", 0, 137);

        if (action.equals("RestartJob")) {
            assertThat(job.phase()).isEqualTo(Phase.RESTARTING);
            return;
        }
        assertThat(job.phase()).isEqualTo(Phase.RUNNING);
        assertThat(job.effects(Effect.Launch.class).get(0).replicas())
                .singleElement()
                .satisfies(id -> assertThat(id.restart()).isEqualTo(1));
    }

    private static RestartScope scope(String action) {
        return switch (action) {
            case "RestartPod" -> RestartScope.REPLICA;
            case "RestartTask" -> RestartScope.ROLE;
            case "RestartJob" -> RestartScope.GROUP;
            default -> throw new AssertionError("no such action among ours: " + action);
        };
    }

    static void restarting(JsonNode row) {
        int total = row.path("total").asInt(1);
        int limit = row.get("maxRetry").asInt();
        JobDriver job = JobDriver.running(Jobs.with(
                policy -> policy.retries(new Retries(limit, 0, OptionalInt.empty())),
                Jobs.worker(total).build()));
        for (int i = 0; i < row.get("retryCount").asInt(); i++) {
            job.exit("worker", 0, 137)
                    .allStopped()
                    .wakeAtNextTimer()
                    .grant()
                    .reserved()
                    .allReady();
        }

        job.exit("worker", 0, 137);

        if (row.get("expect").asText().equals("Failed")) {
            assertThat(job.allStopped().phase()).isEqualTo(Phase.FAILED);
            assertThat(job.record().outcome().orElseThrow().reason()).isEqualTo(Reason.BACKOFF_LIMIT_EXCEEDED);
            return;
        }
        // Volcano goes on as soon as enough pods are not terminating; we wait for the last of the old attempt.
        int terminating = row.get("terminating").asInt();
        for (int i = 1; i < total - terminating; i++) {
            job.exitAfterTerm(job.replica("worker", i).id());
        }
        assertThat(job.phase()).isEqualTo(Phase.RESTARTING);
        assertThat(job.grant().phase()).isEqualTo(Phase.RESTARTING);
        assertThat(job.allStopped().phase()).isEqualTo(Phase.QUEUED);
    }

    static void finishing(JsonNode row) {
        JobDriver job = JobDriver.running(train(row));
        int index = 0;
        for (int i = 0; i < row.path("succeeded").asInt(); i++) {
            job.exit("worker", index++, 0);
        }
        for (int i = 0; i < row.path("failed").asInt(); i++) {
            job.exit("worker", index++, 1);
        }
        switch (row.get("expect").asText()) {
            case "Completed" -> assertThat(job.allStopped().phase()).isEqualTo(Phase.SUCCEEDED);
            case "Failed" -> assertThat(job.allStopped().phase()).isEqualTo(Phase.FAILED);
            default -> {
                // The engine keeps a job running whose replica is not there, and says that it is degraded.
                job.state("worker", 2, ReplicaState.PENDING);
                assertThat(job.phase()).isEqualTo(Phase.RUNNING);
                assertThat(Conditions.of(job.record()))
                        .filteredOn(Condition::isTrue)
                        .extracting(Condition::reason)
                        .contains("Degraded");
            }
        }
    }

    private static MLTrain train(JsonNode row) {
        MLTrain.Builder train = MLTrain.builder()
                .from(Jobs.workers(row.get("total").asInt()))
                .scheduling(SchedulingWishes.builder()
                        .gangMinimum(row.get("minAvailable").asInt())
                        .build());
        if (row.has("minSuccess")) {
            train.success(new SuccessPolicy(
                    SuccessPolicy.Rule.DECIDERS,
                    OptionalInt.of(row.get("minSuccess").asInt())));
        }
        return train.build();
    }
}

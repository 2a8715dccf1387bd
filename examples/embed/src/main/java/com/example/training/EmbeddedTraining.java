package com.example.training;

import io.mlengine.backend.local.LocalBackend;
import io.mlengine.core.MLEngines;
import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.api.LogQuery;
import io.mlengine.core.api.MLEngine;
import io.mlengine.core.job.MLTrain;
import io.mlengine.spi.backend.LogLine;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.util.stream.Stream;

/** Runs two processes on this machine and prints what they say. */
public final class EmbeddedTraining {
    private EmbeddedTraining() {}

    public static void main(String[] args) {
        try (MLEngine engine =
                MLEngines.builder().backend(LocalBackend.detect()).build()) {
            JobHandle job = engine.submit(MLTrain.named("hello")
                            .framework("command")
                            .addRole(Role.named("worker")
                                    .replicas(2)
                                    .command("sh", "-c", "echo hello from $MLENGINE_ROLE $MLENGINE_REPLICA_INDEX")
                                    .build())
                            .build())
                    .join()
                    .orThrow();
            JobResult result = job.await(Duration.ofMinutes(1));
            try (Stream<LogLine> lines = job.logs(LogQuery.ALL)) {
                lines.forEach(line -> System.out.println(line.replica().key() + " | " + line.text()));
            }
            System.out.println(result.outcome().result() + " after " + result.duration());
        }
    }
}

package io.mlengine.plugins.cases;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mlengine.core.admission.AdmissionResult;
import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.core.lifecycle.JobDriver;
import io.mlengine.core.lifecycle.Jobs;
import io.mlengine.spi.model.Deciders;
import io.mlengine.spi.model.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A row of the training operator's status test: so many pods of each role succeeded, failed or are active; which state
 * has the job?
 *
 * <p>Roles that a row does not mention are taken to be up: the operator calls a job running as soon as its decider is,
 * ours runs when every required replica is ready. Failed pods ended with code 1. Where a row does not say which worker
 * succeeded, worker 0 did not, as in the operator's test.
 */
final class TensorFlowStatusCase {
    private final JobCase data;

    private TensorFlowStatusCase(JobCase data) {
        this.data = data;
    }

    static void check(JobCase data) {
        TensorFlowStatusCase status = new TensorFlowStatusCase(data);
        Phase expected = Phase.valueOf(data.expect().get("phase").asText().toUpperCase(Locale.ROOT));

        List<Ended> ends = status.ends();
        assertThat(status.phaseAfter(ends)).isEqualTo(expected);
        // The state must not hang on the order in which pods are seen.
        Collections.reverse(ends);
        assertThat(status.phaseAfter(ends)).as("in reverse").isEqualTo(expected);
    }

    private record Ended(String role, int index, int code) {}

    private Phase phaseAfter(List<Ended> ends) {
        JobDriver job = JobDriver.running(train());
        for (Ended end : ends) {
            job.exit(end.role(), end.index(), end.code());
        }
        if (job.record().timers().containsKey(JobTimer.SETTLE)) {
            job.wakeAtNextTimer();
        }
        return job.phase() == Phase.STOPPING ? job.allStopped().phase() : job.phase();
    }

    /** Who decides, and who is stopped at the end, is what our launcher says of roles with these names. */
    private MLTrain train() {
        boolean all = data.input().path("successPolicy").asText().equals("AllWorkers");
        List<Role> roles = Plans.roles(data.roles(), "python", "train.py").stream()
                .map(role -> all && role.name().equals("worker")
                        ? Role.builder().from(role).deciders(Deciders.ALL).build()
                        : role)
                .toList();
        MLTrain train = MLTrain.builder()
                .from(Jobs.of(roles.toArray(Role[]::new)))
                .framework("tensorflow")
                .build();
        AdmissionResult result = Plans.admission().admit(train);
        assertThat(result.violations()).isEmpty();
        return result.train();
    }

    private List<Ended> ends() {
        List<Ended> ends = new ArrayList<>();
        JsonNode pods = data.input().get("replica_pods");
        pods.properties().forEach(entry -> {
            if (!entry.getKey().equals("succeeded_indices")) {
                String role = entry.getKey().toLowerCase(Locale.ROOT);
                List<Integer> succeeded = succeeded(entry.getKey(), entry.getValue());
                List<Integer> failed = IntStream.range(0, replicas(entry.getKey()))
                        .filter(index -> !succeeded.contains(index))
                        .limit(entry.getValue().path("failed").asInt())
                        .boxed()
                        .toList();
                succeeded.forEach(index -> ends.add(new Ended(role, index, 0)));
                failed.forEach(index -> ends.add(new Ended(role, index, 1)));
            }
        });
        return ends;
    }

    private List<Integer> succeeded(String role, JsonNode pods) {
        JsonNode said =
                data.input().get("replica_pods").path("succeeded_indices").path(role);
        if (!said.isMissingNode()) {
            List<Integer> indices = new ArrayList<>();
            said.forEach(index -> indices.add(index.asInt()));
            return indices;
        }
        int replicas = replicas(role);
        return IntStream.range(replicas - pods.path("succeeded").asInt(), replicas)
                .boxed()
                .toList();
    }

    private int replicas(String role) {
        return data.roles().getOrDefault(role.toLowerCase(Locale.ROOT), 0);
    }
}

package io.mlengine.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mlengine.core.job.JobTimer;
import io.mlengine.core.job.Phase;
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
    private final JsonNode input;
    private final List<Role> roles = new ArrayList<>();

    private TensorFlowStatusCase(JsonNode input) {
        this.input = input;
        input.get("roles")
                .properties()
                .forEach(role -> roles.add(role(role.getKey(), role.getValue().asInt())));
    }

    static void check(JsonNode node) {
        TensorFlowStatusCase status = new TensorFlowStatusCase(node.get("input"));
        Phase expected = Phase.valueOf(node.get("expect").get("phase").asText().toUpperCase(Locale.ROOT));

        List<Ended> ends = status.ends();
        assertThat(status.phaseAfter(ends)).isEqualTo(expected);
        // The state must not hang on the order in which pods are seen.
        Collections.reverse(ends);
        assertThat(status.phaseAfter(ends)).as("in reverse").isEqualTo(expected);
    }

    private record Ended(String role, int index, int code) {}

    private Phase phaseAfter(List<Ended> ends) {
        JobDriver job = JobDriver.running(Jobs.of(roles.toArray(Role[]::new)));
        for (Ended end : ends) {
            job.exit(end.role(), end.index(), end.code());
        }
        if (job.record().timers().containsKey(JobTimer.SETTLE)) {
            job.wakeAtNextTimer();
        }
        return job.phase() == Phase.STOPPING ? job.allStopped().phase() : job.phase();
    }

    private Role role(String name, int replicas) {
        boolean hasChief = input.get("roles").has("Chief");
        boolean all = input.path("successPolicy").asText().equals("AllWorkers");
        return switch (name) {
            case "Chief" -> Jobs.chief().replicas(replicas).build();
            case "PS" -> Jobs.server(replicas).build();
            default -> {
                Deciders deciders = all ? Deciders.ALL : hasChief ? Deciders.NONE : Deciders.FIRST;
                yield Jobs.worker(replicas).deciders(deciders).build();
            }
        };
    }

    private List<Ended> ends() {
        List<Ended> ends = new ArrayList<>();
        JsonNode pods = input.get("replica_pods");
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
        JsonNode said = input.get("replica_pods").path("succeeded_indices").path(role);
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
        return input.get("roles").get(role).asInt();
    }
}

package io.mlengine.plugins.cases;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** What the plugins of Kubeflow's trainer set in the pods of a TrainJob; its one role is called node. */
final class TrainJobCases {
    /** In a case this stands for the pod's own number. */
    private static final String INDEX = "<pod completion index>";

    private TrainJobCases() {}

    static void torch(JobCase data) {
        Map<String, Object> options = new HashMap<>();
        if (data.input().has("numProcPerNode")) {
            options.put("nprocPerNode", data.input().get("numProcPerNode").asText());
        }
        check(data, Plans.job("pytorch", "job", options, List.of(node(data, nodes(data), gpus(data), "torchrun"))));
    }

    static void jax(JobCase data) {
        check(data, Plans.job("jax", "job", Map.of(), List.of(node(data, nodes(data), gpus(data), "python"))));
    }

    /** There the script of the first pod keeps the tracker, as with our option {@code rank0}. */
    static void xgboost(JobCase data) {
        Map<String, String> options = Map.of("tracker", "rank0");
        if (gpus(data) <= 1) {
            check(data, Plans.job("xgboost", "job", options, List.of(node(data, nodes(data), gpus(data), "python"))));
            return;
        }
        // One task id for each pod, but a process for each GPU: nobody could join under the ids that are missing.
        assertThat(data.verdict()).isEqualTo("diverge");
        JobShape asWritten =
                Plans.job("xgboost", "job", options, List.of(node(data, nodes(data), gpus(data), "python")));
        assertThat(Plans.launcher(asWritten).validate(Plans.launcher(asWritten).defaults(asWritten)))
                .extracting(Violation::path)
                .containsExactly("spec.roles[0].resources.gpus.count");
        int processes = nodes(data) * gpus(data);
        check(data, Plans.job("xgboost", "job", options, List.of(node(data, processes, 1, "python"))));
    }

    private static void check(JobCase data, JobShape job) {
        LaunchPlan plan =
                Plans.plan(job, Plans.trainerHosts(data.input().get("job").asText()));
        SortedMap<String, String> expected = JobCase.texts(data.expect().get("env"));
        int replicas = job.roles().get(0).replicas();
        for (int index = 0; index < replicas; index++) {
            String own = Integer.toString(index);
            SortedMap<String, String> env = Plans.env(plan, "node-" + index);
            expected.forEach((name, value) -> {
                if (value.equals(INDEX)) {
                    // Ours may have leading zeros, where ids are compared as texts.
                    assertThat(env.get(name)).as(name).isNotNull().matches("0*" + own);
                } else {
                    assertThat(env).containsEntry(name, value);
                }
            });
        }
    }

    private static Role node(JobCase data, int replicas, int gpus, String program) {
        Resources.Builder resources =
                Resources.builder().cpuMillis(cpuMillis(wish(data, "cpu").asText("0")));
        if (gpus > 0) {
            resources.gpus(gpus);
        }
        return Role.named("node")
                .replicas(replicas)
                .command(program, "train.py")
                .resources(resources.build())
                .build();
    }

    /** A quantity of Kubernetes: cores, or thousandths of one. */
    private static long cpuMillis(String quantity) {
        return quantity.endsWith("m")
                ? Long.parseLong(quantity.substring(0, quantity.length() - 1))
                : new BigDecimal(quantity).movePointRight(3).longValueExact();
    }

    private static int nodes(JobCase data) {
        return wish(data, "numNodes").asInt(1);
    }

    private static int gpus(JobCase data) {
        return wish(data, "gpu").asInt(0);
    }

    /** Cases write a wish beside the job's name or inside its trainer. */
    private static JsonNode wish(JobCase data, String name) {
        JsonNode outside = data.input().path(name);
        return outside.isMissingNode() ? data.input().path("trainer").path(name) : outside;
    }
}

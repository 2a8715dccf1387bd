package io.mlengine.plugins.cases;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mlengine.spi.framework.FrameworkLauncher;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.testkit.arbitrary.ClusterViews;
import io.mlengine.testkit.arbitrary.ClusterViews.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** What Kubeflow's TFJob tells a process in {@code TF_CONFIG}. */
final class TensorFlowJobCases {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TF_CONFIG = "TF_CONFIG";
    private static final String EVALUATOR = "evaluator";

    private TensorFlowJobCases() {}

    static boolean isAboutVariables(JobCase data) {
        return data.input().path("kind").asText().equals("TFJob")
                && Stream.of("env", "env_json", "env_by_pod", "env_absent").anyMatch(data.expect()::has);
    }

    static void variables(JobCase data) throws IOException {
        LaunchPlan plan = Plans.plan(job(data), hosts(data));
        for (var pod : data.expect().path("env_by_pod").properties()) {
            check(data, plan, pod.getKey(), pod.getValue());
        }
        JsonNode pod = data.input().path("pod");
        String asked = pod.path("role").asText("worker").toLowerCase(Locale.ROOT) + "-"
                + pod.path("index").asInt();
        check(data, plan, asked, data.expect().path("env"));
        check(data, plan, asked, data.expect().path("env_json"));
        for (JsonNode absent : data.expect().path("env_absent")) {
            assertThat(Plans.env(plan, asked)).doesNotContainKey(absent.asText());
        }
    }

    private static void check(JobCase data, LaunchPlan plan, String pod, JsonNode expected) throws IOException {
        SortedMap<String, String> env = Plans.env(plan, pod);
        for (var variable : expected.properties()) {
            String name = variable.getKey();
            JsonNode value = variable.getValue();
            assertThat(env).containsKey(name);
            if (name.equals(TF_CONFIG)) {
                JsonNode config = value.isTextual() ? JSON.readTree(value.asText()) : value;
                assertSameConfig(JSON.readTree(env.get(name)), better(data, pod, config));
            } else {
                assertThat(env).containsEntry(name, value.asText());
            }
        }
    }

    /**
     * Where a case diverges because of an evaluator, only the evaluator itself is told of it: strategies count the members
     * of the cluster and would wait for it.
     */
    private static JsonNode better(JobCase data, String pod, JsonNode config) {
        ObjectNode better = config.deepCopy();
        if (data.diverges()
                && !pod.startsWith(EVALUATOR)
                && better.path("cluster").isObject()) {
            ((ObjectNode) better.get("cluster")).remove(EVALUATOR);
        }
        return better;
    }

    /** Keys that a case leaves out, such as the environment of TensorFlow 1, may be there; cluster and task are exact. */
    private static void assertSameConfig(JsonNode actual, JsonNode expected) {
        ObjectNode asked = actual.deepCopy();
        asked.retain(expected.properties().stream().map(Map.Entry::getKey).toList());
        assertThat((JsonNode) asked).isEqualTo(expected);
    }

    /** Properties are written as sentences; each that is known is checked, any other fails. */
    static void properties(JobCase data) {
        assertThat(data.input().path("backend").asText()).isEqualTo("local");
        JobShape job = job(data);
        List<JsonNode> configs = configs(job, 1);
        List<String> addresses = addresses(configs.get(0));
        for (JsonNode property : data.expect().get("properties")) {
            String sentence = property.asText();
            if (sentence.matches("\\d+ ports, all distinct")) {
                assertThat(addresses)
                        .hasSize(Integer.parseInt(sentence.split(" ")[0]))
                        .doesNotHaveDuplicates();
                continue;
            }
            switch (sentence.replaceAll("in all \\d+ processes", "in all processes")) {
                case "all addresses are 127.0.0.1:<port>" ->
                    assertThat(addresses).allMatch(address -> address.matches("127\\.0\\.0\\.1:\\d+"));
                case "same cluster object in all processes" ->
                    assertThat(distinct(configs, "cluster")).hasSize(1);
                case "task differs" -> assertThat(distinct(configs, "task")).hasSize(configs.size());
                case "two jobs started at once share no port" -> assertAllPortsAreLeased(job, addresses);
                default -> throw new AssertionError("no check for the property: " + sentence);
            }
        }
    }

    /** No port is the launcher's choice: all are asked for, and the backend never leases one to two jobs. */
    private static void assertAllPortsAreLeased(JobShape job, List<String> addresses) {
        FrameworkLauncher launcher = Plans.launcher(job);
        List<String> leased = ClusterViews.of(launcher, job, Place.ONE_HOST, 1).members().stream()
                .flatMap(member -> member.ports().values().stream())
                .map(port -> "127.0.0.1:" + port)
                .toList();
        assertThat(addresses).containsExactlyInAnyOrderElementsOf(leased);
    }

    private static List<JsonNode> configs(JobShape job, int attempt) {
        FrameworkLauncher launcher = Plans.launcher(job);
        LaunchPlan plan = launcher.plan(ClusterViews.of(launcher, job, Place.ONE_HOST, attempt));
        return plan.replicas().stream()
                .map(replica -> Plans.env(plan, replica.key().toString()).get(TF_CONFIG))
                .map(TensorFlowJobCases::read)
                .toList();
    }

    private static JsonNode read(String config) {
        try {
            return JSON.readTree(config);
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + config, e);
        }
    }

    private static Set<JsonNode> distinct(List<JsonNode> configs, String key) {
        Set<JsonNode> values = new HashSet<>();
        configs.forEach(config -> values.add(config.get(key)));
        return values;
    }

    private static List<String> addresses(JsonNode config) {
        List<String> addresses = new ArrayList<>();
        config.get("cluster").forEach(role -> role.forEach(address -> addresses.add(address.asText())));
        return addresses;
    }

    private static JobShape job(JobCase data) {
        Map<String, Object> options = new HashMap<>();
        if (Stream.of("enableDynamicWorker", "dynamicWorkers")
                .anyMatch(name -> data.input().path(name).asBoolean())) {
            options.put("dynamicWorkers", true);
        }
        if (data.input().has("port")) {
            options.put("port", data.input().get("port").asLong());
        }
        return Plans.job("tensorflow", name(data), options, Plans.roles(data.roles(), "python", "train.py"));
    }

    private static String name(JobCase data) {
        return data.input().path("name").asText("job");
    }

    /** The operator's services: in the job's namespace, below the cluster's domain where one is set. */
    private static Function<ReplicaKey, String> hosts(JobCase data) {
        String domain = data.input()
                .path("clusterDomain")
                .asText(data.input().path("customClusterDomain").asText());
        String suffix = "." + data.input().path("namespace").asText("default") + ".svc"
                + (domain.isEmpty() ? "" : "." + domain);
        return Plans.operatorHosts(name(data)).andThen(host -> host + suffix);
    }
}

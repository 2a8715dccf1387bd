package io.mlengine.plugins.cases;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mlengine.plugins.xgboost.TrackerProcess;
import io.mlengine.plugins.xgboost.TrackerProcess.Worker;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.model.JobShape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** XGBoost: what an XGBoostJob's processes are told, and what a worker and the tracker say to each other. */
final class XGBoostCases {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OPERATORS_PORT = 9999;
    private static final int FIRST_PORT = 4000;

    private XGBoostCases() {}

    static void variables(JobCase data) {
        String name = data.input().path("name").asText("job");
        JobShape job = Plans.job(
                "xgboost",
                name,
                Map.of("masterPort", data.input().path("port").asLong(OPERATORS_PORT)),
                Plans.roles(data.roles(), "python", "train.py"));
        LaunchPlan plan = Plans.plan(job, Plans.operatorHosts(name));
        data.expect()
                .path("env_by_pod")
                .properties()
                .forEach(pod ->
                        assertThat(Plans.env(plan, pod.getKey())).containsAllEntriesOf(JobCase.texts(pod.getValue())));
        data.roles().forEach((role, replicas) -> {
            for (int index = 0; index < replicas; index++) {
                assertThat(Plans.env(plan, role + "-" + index))
                        .containsAllEntriesOf(JobCase.texts(data.expect().path("env")))
                        .containsKeys(data.expect()
                                .path("env_all_lightgbm")
                                .valueStream()
                                .map(JsonNode::asText)
                                .toArray(String[]::new));
            }
        });
    }

    /** Our tracker, as a process, and workers that say what the case says over real sockets. */
    static void handshake(JobCase data) throws IOException, InterruptedException {
        assertThat(data.input().path("sortby").asText("task")).isEqualTo("task");
        int size = data.input().get("n_workers").asInt();
        List<String> sent = texts(data.input().get("worker_messages"));
        List<String> answers = texts(data.expect().get("tracker_messages_per_worker"));
        List<Worker> workers = new ArrayList<>();
        try (PlanFolder folder = PlanFolder.create();
                TrackerProcess tracker = TrackerProcess.start(size, folder.path())) {
            // The last comes first: the rank goes by the id.
            for (int rank = size - 1; rank >= 0; rank--) {
                workers.add(0, start(tracker, sent, answers.get(0), rank, size));
            }
            for (int rank = 0; rank < size; rank++) {
                int next = (rank + 1) % size;
                String answer = answers.get(1)
                        .replace("H_next", "\"127.0.0.1\"")
                        .replace("P_next", Integer.toString(FIRST_PORT + next))
                        .replaceAll("\\(r\\+1\\)%\\d+", Integer.toString(next));
                assertThat(workers.get(rank).readObject()).isEqualTo(JSON.readTree(answer));
            }
            for (int rank = 0; rank < size; rank++) {
                try (Worker leaving = tracker.connect()) {
                    leaving.introduce(taskId(rank, size)).send("{\"cmd\":2}");
                    assertThat(leaving.isClosed()).isTrue();
                }
            }
            assertThat(tracker.exitCode()).isZero();
        } finally {
            workers.forEach(Worker::close);
        }
    }

    private static Worker start(TrackerProcess tracker, List<String> sent, String answer, int rank, int size)
            throws IOException {
        Worker worker = tracker.connect();
        for (String message : sent) {
            if (message.equals("int32 0xff99 exchanged both ways")) {
                worker.send(Worker.MAGIC);
                assertThat(worker.readNumber()).isEqualTo(Worker.MAGIC);
            } else {
                worker.send(content(message)
                        .replaceFirst("\"task_id\":\"\\d+\"", "\"task_id\":\"" + taskId(rank, size) + "\"")
                        .replaceFirst(":P\\d+", ":" + (FIRST_PORT + rank))
                        .replaceFirst(":E\\d+", ":" + (FIRST_PORT + size + rank)));
            }
        }
        assertThat(worker.readObject()).isEqualTo(JSON.readTree(answer));
        return worker;
    }

    private static String taskId(int rank, int size) {
        return String.format("%0" + Integer.toString(size).length() + "d", rank);
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream()
                .map(JsonNode::asText)
                .map(XGBoostCases::content)
                .toList();
    }

    /** A message without the word that says how it is written down. */
    private static String content(String message) {
        return message.startsWith("str ") ? message.substring("str ".length()) : message;
    }
}

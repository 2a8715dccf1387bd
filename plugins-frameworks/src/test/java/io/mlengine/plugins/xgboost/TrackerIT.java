package io.mlengine.plugins.xgboost;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mlengine.plugins.xgboost.TrackerProcess.Worker;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The tracker among workers that misbehave; what well-behaved ones see is the case {@code xgboost-tracker-handshake}. */
@Timeout(60)
class TrackerIT {
    private static final String GOODBYE = "{\"cmd\":2}";

    @TempDir
    Path folder;

    @Test
    void aLookWhetherThePortIsOpenIsNoWorker() throws Exception {
        try (TrackerProcess tracker = TrackerProcess.start(1, folder)) {
            tracker.connect().close();
            meetAlone(tracker);
            sayGoodbye(tracker, "0");
            assertThat(tracker.exitCode()).isZero();
        }
    }

    @Test
    void aWorkerOfAnOldVersionEndsTheTrackerWithAReason() throws Exception {
        try (TrackerProcess tracker = TrackerProcess.start(2, folder);
                Worker old = tracker.connect()) {
            old.send(Worker.MAGIC).send(-1).send(-1).send("job").send("start");
            assertThat(tracker.exitCode()).isEqualTo(3);
            assertThat(tracker.awaitLine(
                            "tracker: XGBoost is too old: the worker at 127.0.0.1 speaks the protocol of version 2.0 or"
                                    + " older; install xgboost 2.1 or newer"))
                    .isEmpty();
        }
    }

    @Test
    void strangersAreRefusedAndDisturbNobody() throws Exception {
        try (TrackerProcess tracker = TrackerProcess.start(1, folder);
                Worker browser = tracker.connect();
                Worker chatterbox = tracker.connect();
                Worker nonsense = tracker.connect()) {
            browser.socket().getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes());
            assertThat(browser.readNumber()).isEqualTo(Worker.MAGIC);
            assertThat(browser.isClosed()).isTrue();
            chatterbox.send(Worker.MAGIC).send(1 << 30);
            assertThat(chatterbox.readNumber()).isEqualTo(Worker.MAGIC);
            assertThat(chatterbox.isClosed()).isTrue();
            nonsense.send(Worker.MAGIC).send("[1, 2]").send(GOODBYE);
            assertThat(nonsense.readNumber()).isEqualTo(Worker.MAGIC);
            assertThat(nonsense.isClosed()).isTrue();

            meetAlone(tracker);
            sayGoodbye(tracker, "0");
            assertThat(tracker.exitCode()).isZero();
        }
    }

    @Test
    void aWorkerThatConnectsAnewTakesItsOwnPlace() throws Exception {
        try (TrackerProcess tracker = TrackerProcess.start(2, folder);
                Worker before = tracker.connect();
                Worker after = tracker.connect();
                Worker other = tracker.connect()) {
            start(before, "0", 4000);
            start(after, "0", 4001);
            assertThat(before.isClosed()).isTrue();
            start(other, "1", 4002);
            assertThat(other.readObject().get("port").asInt()).isEqualTo(4001);
        }
    }

    @Test
    void messagesAndErrorsOfWorkersAreShown() throws Exception {
        try (TrackerProcess tracker = TrackerProcess.start(1, folder)) {
            try (Worker worker = tracker.connect()) {
                worker.introduce("0").send("{\"cmd\":4,\"msg\":\"[1]\\ttrain-logloss:0.3\\n\"}");
                assertThat(worker.isClosed()).isTrue();
            }
            try (Worker worker = tracker.connect()) {
                worker.introduce("0").send("{\"cmd\":3,\"msg\":\"broken\",\"code\":-1}");
                assertThat(worker.isClosed()).isTrue();
            }
            sayGoodbye(tracker, "0");
            assertThat(tracker.awaitLine("tracker: all 1 workers have said goodbye"))
                    .containsExactly("tracker: [1]\ttrain-logloss:0.3", "tracker: worker 0 reports an error: broken");
        }
    }

    private static void start(Worker worker, String taskId, int port) throws IOException {
        worker.introduce(taskId).send("{\"cmd\":1,\"port\":" + port + ",\"error_port\":5000}");
        worker.readObject();
    }

    private static void meetAlone(TrackerProcess tracker) throws IOException {
        try (Worker worker = tracker.connect()) {
            start(worker, "0", 4000);
            JsonNode itself = worker.readObject();
            assertThat(itself.get("rank").asInt()).isZero();
            assertThat(itself.get("port").asInt()).isEqualTo(4000);
        }
    }

    private static void sayGoodbye(TrackerProcess tracker, String taskId) throws IOException {
        try (Worker worker = tracker.connect()) {
            worker.introduce(taskId).send(GOODBYE);
            assertThat(worker.isClosed()).isTrue();
        }
    }
}

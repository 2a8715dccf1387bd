package io.mlengine.plugins.xgboost;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mlengine.plugins.PlannedProcess;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.testkit.arbitrary.ClusterViews;
import io.mlengine.testkit.arbitrary.ClusterViews.Place;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The tracker as a job runs it: the command, variables and files that the launcher plans, in a process of its own. */
public final class TrackerProcess implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PlannedProcess process;
    private final int port;

    private TrackerProcess(PlannedProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts it for so many workers, and returns when it listens. */
    public static TrackerProcess start(int workers, Path folder) throws IOException {
        int port = PlannedProcess.freePort();
        TrackerProcess tracker = new TrackerProcess(PlannedProcess.start(plan(workers, port), folder), port);
        tracker.awaitLine("tracker: waits for " + workers + " workers on port " + port);
        return tracker;
    }

    private static ReplicaPlan plan(int workers, int port) {
        XGBoostLauncher launcher = new XGBoostLauncher();
        JobShape job = Jobs.of(Jobs.script("worker", workers));
        ClusterView view = ClusterViews.of(launcher, job, Place.ONE_HOST, 1);
        List<Member> members = view.members().stream()
                .map(member -> new Member(
                        member.key(),
                        member.host(),
                        new TreeMap<>(Map.of(Tracker.PORT, port)),
                        member.devices(),
                        member.deviceCount()))
                .toList();
        return launcher.plan(ClusterView.builder().from(view).members(members).build())
                .replica(new ReplicaKey(Tracker.ROLE, 0))
                .orElseThrow();
    }

    List<String> awaitLine(String line) throws IOException {
        return process.awaitLine(line);
    }

    /** Waits for its end. */
    public int exitCode() throws InterruptedException {
        return process.exitCode();
    }

    /** Connects as a worker does, before any word. */
    public Worker connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        return new Worker(socket, new DataInputStream(socket.getInputStream()));
    }

    @Override
    public void close() {
        process.close();
    }

    /**
     * A worker's connection.
     *
     * @param socket the connection
     * @param input what the tracker sends
     */
    public record Worker(Socket socket, DataInputStream input) implements AutoCloseable {
        /** The number that both sides send first. */
        public static final int MAGIC = 0xff99;

        /** Sends a number in the order of this machine. */
        public Worker send(int number) throws IOException {
            socket.getOutputStream().write(native4().putInt(number).array());
            return this;
        }

        /** Sends a text: its length and its bytes. */
        public Worker send(String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            send(bytes.length);
            socket.getOutputStream().write(bytes);
            return this;
        }

        /** Says who it is, after the magic number. */
        public Worker introduce(String taskId) throws IOException {
            send(MAGIC);
            if (readNumber() != MAGIC) {
                throw new AssertionError("the tracker did not send the magic number");
            }
            return send("{\"world_size\":-1,\"rank\":-1,\"task_id\":\"" + taskId + "\"}");
        }

        /** Reads a number. */
        public int readNumber() throws IOException {
            return ByteBuffer.wrap(input.readNBytes(Integer.BYTES))
                    .order(ByteOrder.nativeOrder())
                    .getInt();
        }

        /** Reads a text that is a JSON object. */
        public JsonNode readObject() throws IOException {
            return JSON.readTree(input.readNBytes(readNumber()));
        }

        /** Tells whether the tracker has closed the connection. */
        public boolean isClosed() throws IOException {
            return input.read() < 0;
        }

        private static ByteBuffer native4() {
            return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

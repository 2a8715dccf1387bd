package io.mlengine.plugins.horovod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server in a process of its own, started as a backend starts it: with the plan's command and the plan's files. */
@Timeout(60)
class RendezvousServerTest {
    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private Process server;
    private int port;

    /** Two processes on hostA and one on hostB. */
    @BeforeEach
    void start() throws Exception {
        assumeTrue(hasPython(), "no Python 3 on this machine");
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        HorovodLauncher launcher = new HorovodLauncher();
        JobShape job = launcher.defaults(Jobs.of(Jobs.worker(3)));
        List<Member> members = new ArrayList<>();
        for (int index = 0; index < 3; index++) {
            members.add(new Member(
                    new ReplicaKey("worker", index), index < 2 ? "hostA" : "hostB", new TreeMap<>(), List.of(), 0));
        }
        ReplicaKey key = new ReplicaKey(Companion.RENDEZVOUS.roleName(), 0);
        members.add(new Member(key, "127.0.0.1", new TreeMap<>(Map.of("meeting", port)), List.of(), 0));
        ReplicaPlan plan = launcher.plan(ClusterView.builder()
                        .attempt(new AttemptId(JobId.of("j-1"), 1))
                        .job(job)
                        .members(members)
                        .build())
                .replica(key)
                .orElseThrow();
        for (PlanFile file : plan.files()) {
            Files.writeString(folder.resolve(file.path()), file.content());
        }
        List<String> command = plan.command().stream()
                .map(word -> word.replace(PlanFile.FOLDER, folder.toString()))
                .toList();
        server = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader output = server.inputReader(StandardCharsets.UTF_8);
        assertThat(output.readLine()).isEqualTo("rendezvous of 3 processes at 127.0.0.1:" + port);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.destroyForcibly();
        }
    }

    @Test
    void keepsBytesAsTheyAreAndTellsTheirNumber() throws Exception {
        byte[] all = new byte[70_000];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        send("PUT", "/global/0", all);
        HttpResponse<byte[]> response = get("/global/0");
        assertThat(response.body()).isEqualTo(all);
        assertThat(response.headers().firstValue("Content-Length")).contains("70000");
        send("PUT", "/global/empty", new byte[0]);
        assertThat(get("/global/empty").statusCode()).isEqualTo(200);
        assertThat(get("/global/none").headers().firstValue("Content-Length")).contains("0");
    }

    @Test
    void forgetsAScopeWhenAllOfItsProcessesHaveLeftIt() throws Exception {
        for (String scope : List.of("global", "local_hostA", "local_hostB", "cross_0", "cross_1")) {
            send("PUT", "/" + scope + "/key", new byte[] {1});
        }
        leave("global", 0, 1, 1);
        assertThat(get("/global/key").statusCode()).as("one has asked twice").isEqualTo(200);
        leave("global", 2);
        assertThat(get("/global/key").statusCode()).isEqualTo(404);
        leave("local_hostA", 0);
        assertThat(get("/local_hostA/key").statusCode()).isEqualTo(200);
        leave("local_hostA", 1);
        assertThat(get("/local_hostA/key").statusCode()).isEqualTo(404);
        leave("cross_1", 0);
        assertThat(get("/cross_1/key").statusCode())
                .as("one host has a second slot")
                .isEqualTo(404);
        assertThat(get("/cross_0/key").statusCode()).as("two have a first").isEqualTo(200);
        assertThat(get("/local_hostB/key").statusCode()).isEqualTo(200);

        send("PUT", "/global/key", new byte[] {2});
        leave("global", 0, 1);
        assertThat(get("/global/key").statusCode())
                .as("the next meeting counts anew")
                .isEqualTo(200);
    }

    @Test
    void deletesSingleKeysOfAScopeWhoseSizeIsUnknown() throws Exception {
        send("PUT", "/global_process_set/a", new byte[] {1});
        send("PUT", "/global_process_set/b", new byte[] {2});
        send("DELETE", "/global_process_set/a", new byte[0]);
        assertThat(get("/global_process_set/a").statusCode()).isEqualTo(404);
        assertThat(get("/global_process_set/b").body()).containsExactly(2);
        assertThat(send("DELETE", "/never/seen", new byte[0]).statusCode()).isEqualTo(200);
        assertThat(get("/without-a-key").statusCode()).isEqualTo(400);
    }

    private void leave(String scope, int... ranks) throws Exception {
        for (int rank : ranks) {
            assertThat(send("DELETE", "/" + scope + "/" + rank, new byte[0]).statusCode())
                    .isEqualTo(200);
        }
    }

    private HttpResponse<byte[]> get(String path) throws Exception {
        return send("GET", path, new byte[0]);
    }

    private HttpResponse<byte[]> send(String method, String path, byte[] body)
            throws IOException, InterruptedException {
        BodyPublisher publisher = method.equals("PUT") ? BodyPublishers.ofByteArray(body) : BodyPublishers.noBody();
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .method(method, publisher)
                        .build(),
                BodyHandlers.ofByteArray());
    }

    static boolean hasPython() throws InterruptedException {
        try {
            return new ProcessBuilder("python3", "--version").start().waitFor() == 0;
        } catch (IOException notThere) {
            return false;
        }
    }
}

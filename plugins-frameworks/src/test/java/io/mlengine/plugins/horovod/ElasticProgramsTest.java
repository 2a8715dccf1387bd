package io.mlengine.plugins.horovod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mlengine.plugins.shell.RemoteShell;
import io.mlengine.spi.framework.ClusterView;
import io.mlengine.spi.framework.ClusterView.Member;
import io.mlengine.spi.framework.LaunchPlan;
import io.mlengine.spi.framework.PlanFile;
import io.mlengine.spi.framework.ReplicaPlan;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.JobId;
import io.mlengine.spi.model.JobShape;
import io.mlengine.spi.model.ReplicaKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs of an elastic job as processes, with a horovodrun that only tells what it sees. */
@Timeout(120)
class ElasticProgramsTest {
    private static final String SECRET = "0123456789abcdef";
    private static final String HOROVODRUN = """
            #!/bin/sh
            # Prints the members whenever they change, until a fourth has come; then runs something in the youngest.
            echo "arguments $*" | sed 's/ --host-discovery-script [^ ]*//'
            while [ "$1" != --host-discovery-script ]; do shift; done
            until echo "$now" | grep -q 127.0.0.4; do
                now=$("$2" | tr '\\n' ' ')
                [ "$now" = "$before" ] || echo "members $now"
                before=$now
                sleep 0.1
            done
            echo "[1]<stdout>:::mlengine-progress {}"
            echo "[1]<stdout>:secret ${MLENGINE_ATTEMPT_SECRET:-hidden}"
            ssh -o StrictHostKeyChecking=no 127.0.0.4 'echo "in $REPLICA"; exit 7'
            """;

    @TempDir
    Path folder;

    private final Map<ReplicaKey, Process> processes = new TreeMap<>();

    @AfterEach
    void stop() {
        processes.values().forEach(Process::destroyForcibly);
    }

    @Test
    void theDiscoveryScriptFollowsTheWorkersAndAReplacedOneIsAnotherHost() throws Exception {
        assumeTrue(RendezvousServerTest.hasPython(), "no Python 3 on this machine");
        Path programs = Files.createDirectory(folder.resolve("bin"));
        Path horovodrun = Files.writeString(programs.resolve("horovodrun"), HOROVODRUN);
        assertThat(horovodrun.toFile().setExecutable(true)).isTrue();
        LaunchPlan plan = plan();
        ReplicaKey first = new ReplicaKey("worker", 0);
        ReplicaKey second = new ReplicaKey("worker", 1);

        BufferedReader output = start(plan, new ReplicaKey("launcher", 0), programs);
        await(output, "launcher: listens");
        start(plan, first, programs);
        await(output, "launcher: worker-0 has come, host 127.0.0.2");
        start(plan, second, programs);
        await(output, "arguments --gloo -np 1 --min-np 1 --max-np 3 --network-interface lo python train.py");
        await(output, "members 127.0.0.2:1 127.0.0.3:1 ");

        process(second).destroyForcibly().waitFor();
        await(output, "members 127.0.0.2:1 ");
        start(plan, second, programs);
        await(output, "members 127.0.0.2:1 127.0.0.4:1 ");
        assertThat(output.lines().toList())
                .containsSubsequence("::mlengine-progress {}", "[1]<stdout>:secret hidden", "in worker-1");
        assertThat(process(new ReplicaKey("launcher", 0)).waitFor()).isEqualTo(7);
    }

    private static LaunchPlan plan() throws IOException {
        HorovodLauncher launcher = new HorovodLauncher();
        JobShape job = launcher.defaults(Jobs.of(Jobs.elastic(1, 2, 3)));
        List<Member> members = new ArrayList<>();
        members.add(member("worker", 0, RemoteShell.PORT));
        members.add(member("worker", 1, RemoteShell.PORT));
        members.add(member("launcher", 0, "meeting"));
        return launcher.plan(ClusterView.builder()
                .attempt(new AttemptId(JobId.of("j-1"), 1))
                .job(job)
                .members(members)
                .build());
    }

    private static Member member(String role, int index, String portName) throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return new Member(
                    new ReplicaKey(role, index),
                    "127.0.0.1",
                    new TreeMap<>(Map.of(portName, free.getLocalPort())),
                    List.of(),
                    0);
        }
    }

    private BufferedReader start(LaunchPlan plan, ReplicaKey key, Path programs) throws IOException {
        ReplicaPlan replica = plan.replica(key).orElseThrow();
        Path files = Files.createDirectories(folder.resolve(key.toString()));
        for (PlanFile file : replica.files()) {
            Files.writeString(files.resolve(file.path()), file.content());
        }
        ProcessBuilder builder = new ProcessBuilder(replica.command().stream()
                .map(word -> word.replace(PlanFile.FOLDER, files.toString()))
                .toList());
        builder.environment().put("MLENGINE_ATTEMPT_SECRET", SECRET);
        builder.environment().put("REPLICA", key.toString());
        builder.environment().merge("PATH", programs.toString(), (path, first) -> first + ":" + path);
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        processes.put(key, process);
        return process.inputReader(StandardCharsets.UTF_8);
    }

    private Process process(ReplicaKey key) {
        return java.util.Objects.requireNonNull(processes.get(key));
    }

    private static void await(BufferedReader output, String line) throws IOException {
        String read = output.readLine();
        while (!line.equals(read)) {
            assertThat(read).as("before: %s", line).isNotNull();
            read = output.readLine();
        }
    }
}

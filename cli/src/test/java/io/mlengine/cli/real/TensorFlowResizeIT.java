package io.mlengine.cli.real;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlengine.core.api.JobHandle;
import io.mlengine.core.api.JobResult;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.Phase;
import io.mlengine.spi.model.FrameworkOptions;
import io.mlengine.spi.model.ReplicaKey;
import io.mlengine.spi.model.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Dynamic workers of a TensorFlow job, with real processes and sockets but without TensorFlow: a worker greets each
 * parameter server that its TF_CONFIG names, and a server answers whoever comes.
 */
@Timeout(120)
class TensorFlowResizeIT {
    private static final String PROGRAM = """
            import json, os, socket, sys, time
            config = json.loads(os.environ["TF_CONFIG"])
            role, index = config["task"]["type"], config["task"]["index"]
            own = config["cluster"][role]
            own = own[index] if isinstance(own, list) else own[str(index)]
            if role == "ps":
                with socket.create_server(("127.0.0.1", int(own.split(":")[1]))) as server:
                    while True:
                        worker, _ = server.accept()
                        with worker:
                            print("server", index, "met worker", worker.makefile().readline().strip(), flush=True)
            assert list(config["cluster"]["worker"]) == [str(index)], "a worker knows of no other"
            for address in config["cluster"]["ps"]:
                host, port = address.split(":")
                while True:
                    try:
                        with socket.create_connection((host, int(port))) as server:
                            server.sendall(b"%d\\n" % index)
                        break
                    except ConnectionRefusedError:
                        time.sleep(0.05)
            while not os.path.exists(sys.argv[1]):
                time.sleep(0.05)
            """;

    @TempDir
    Path root;

    @BeforeEach
    void isPossibleHere() {
        Needed.check("python3", Needed.succeeds("python3", "--version"));
    }

    @Test
    void aWorkerJoinsWithoutRestartingTheOthers() throws Exception {
        Path enough = root.resolve("enough");
        try (RealEngine engine = RealEngine.open(root)) {
            JobHandle job = engine.submit(MLTrain.named("dynamic")
                    .framework("tensorflow")
                    .frameworkOptions(FrameworkOptions.of(Map.of("dynamicWorkers", true)))
                    .addRole(
                            role("worker", enough).minReplicas(1).maxReplicas(3).build())
                    .addRole(role("ps", enough).replicas(2).build())
                    .runPolicy(ShellJobs.policy().build())
                    .build());
            awaitMeeting(engine, job, 0);
            job.resize(new TreeMap<>(Map.of("worker", 3))).join();
            awaitMeeting(engine, job, 1);
            awaitMeeting(engine, job, 2);
            engine.await(job, "runs again", view -> view.phase() == Phase.RUNNING);
            Files.createFile(enough);

            JobResult result = engine.end(job);
            assertThat(result.isSuccess()).as(engine.story(job)).isTrue();
            assertThat(result.view().record().attemptNumber())
                    .as(engine.story(job))
                    .isEqualTo(1);
            assertThat(result.view().record().retries().user()).isZero();
            for (ReplicaKey survivor :
                    new ReplicaKey[] {new ReplicaKey("worker", 0), new ReplicaKey("ps", 0), new ReplicaKey("ps", 1)}) {
                var replicas = result.view().record().attempt().orElseThrow().replicas();
                assertThat(requireNonNull(replicas.get(survivor)).id().restart())
                        .as("%s was left alone", survivor)
                        .isZero();
            }
            assertThat(RealEngine.lines(job))
                    .as("nobody started, and greeted, twice")
                    .hasSize(6)
                    .doesNotHaveDuplicates();
            assertThat(RealEngine.processes(job)).isEmpty();
        }
    }

    private static Role.Builder role(String name, Path enough) {
        return Role.named(name).command("python3", "-c", PROGRAM, enough.toString());
    }

    private static void awaitMeeting(RealEngine engine, JobHandle job, int worker) {
        engine.await(
                job,
                "both servers met worker " + worker,
                view -> RealEngine.lines(job).stream()
                                .filter(line -> line.endsWith("met worker " + worker))
                                .count()
                        == 2);
    }
}

package io.mlengine.backend.k8s.testing;

import io.mlengine.build.testing.Machine;
import io.mlengine.build.testing.Module;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A kube-scheduler of the test's own for a {@link KubernetesServer}, with no limits on its requests. */
public final class ClusterScheduler implements AutoCloseable {
    /** The name that pods call it by. */
    public static final String NAME = "default-scheduler";

    private static final String PROGRAM = "kube-scheduler";
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final ServerProcess process;

    private ClusterScheduler(ServerProcess process) {
        this.process = process;
    }

    /** Starts it; a test that asks for it is skipped where there is no such program. */
    public static ClusterScheduler start(KubernetesServer server) {
        Optional<Binaries> binaries = Binaries.find(System.getenv()).filter(found -> found.has(PROGRAM));
        Machine.needs("kube-scheduler beside kube-apiserver", binaries.isPresent());
        try {
            Path logs = Files.createDirectories(Module.folder().resolve("target/kubernetes"));
            List<String> command = new ArrayList<>(List.of(
                    binaries.orElseThrow().path(PROGRAM),
                    "--kubeconfig=" + server.kubeconfig(),
                    "--authentication-kubeconfig=" + server.kubeconfig(),
                    "--authorization-kubeconfig=" + server.kubeconfig(),
                    "--authentication-skip-lookup=true",
                    "--leader-elect=false",
                    "--secure-port=0",
                    "--kube-api-qps=10000",
                    "--kube-api-burst=20000"));
            if (ControlPlane.minorVersion(server.client()) < 24) {
                // Old ones would serve metrics without TLS on a fixed port.
                command.add("--port=0");
            }
            return new ClusterScheduler(ServerProcess.start(command, logs, logs.resolve(PROGRAM + ".log")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.stop(GRACE);
    }
}

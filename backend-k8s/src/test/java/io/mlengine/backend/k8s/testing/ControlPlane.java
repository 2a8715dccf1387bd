package io.mlengine.backend.k8s.testing;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The processes of a control plane on the loopback interface: etcd, the API server and, where there is one, the
 * controller manager with the controllers that need no kubelet. Not thread-safe.
 */
final class ControlPlane {
    // Enough for requests in flight; for watches the server would wait a minute.
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final int PROBE_MILLIS = 2000;

    // Below the ports of outgoing connections: one of these could take the port of a server that is being restarted.
    private static final int FIRST_PORT = 15_000;
    private static final int LAST_PORT = 30_000;

    private final Binaries binaries;
    private final Path folder;
    private final Path logs;
    private final Credentials credentials;
    private final int apiServerPort;
    private final int etcdPort;
    private final ServerProcess etcd;
    private ServerProcess apiServer;
    private @Nullable ServerProcess controllers;
    private final KubernetesClient probe;

    private ControlPlane(Binaries binaries, Path logs) throws IOException {
        this.binaries = binaries;
        this.logs = Files.createDirectories(logs);
        folder = ScratchFolder.create();
        apiServerPort = freePort();
        etcdPort = freePort();
        credentials = Credentials.write(folder.resolve("credentials"), apiServerPort);
        etcd = startEtcd();
        apiServer = startApiServer();
        Await.until("the API server has a certificate", () -> {
            apiServer.checkAlive();
            return Files.exists(credentials.certificateKey());
        });
        probe = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(
                                Config.fromKubeconfig(credentials.kubeconfig().toFile()))
                        .withRequestTimeout(PROBE_MILLIS)
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
        awaitApiServer();
        controllers = binaries.hasControllers() ? startControllers() : null;
    }

    /** Starts all and returns when the API server is ready. Output goes to files in {@code logs}. */
    static ControlPlane start(Binaries binaries, Path logs) {
        try {
            return new ControlPlane(binaries, logs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path kubeconfig() {
        return credentials.kubeconfig();
    }

    boolean hasControllers() {
        return controllers != null;
    }

    void stopApiServer() {
        apiServer.stop(GRACE);
    }

    void killApiServer() {
        apiServer.stop(Duration.ZERO);
    }

    void resumeApiServer() {
        if (apiServer.isAlive()) {
            awaitApiServer();
            return;
        }
        apiServer = startApiServer();
        awaitApiServer();
        ServerProcess impatient = controllers;
        if (impatient != null) {
            // Its watches would wait longer after each outage, in the end more than a minute.
            impatient.stop(Duration.ZERO);
            controllers = startControllers();
        }
    }

    void pauseEtcd() {
        etcd.signal("STOP");
    }

    void resumeEtcd() {
        etcd.signal("CONT");
        awaitApiServer();
    }

    /** Starts and resumes whatever a test left stopped. */
    void heal() {
        etcd.signal("CONT");
        resumeApiServer();
    }

    private void awaitApiServer() {
        Await.until("the API server is ready", () -> {
            etcd.checkAlive();
            apiServer.checkAlive();
            try {
                return Optional.ofNullable(probe.raw("/readyz"))
                        .filter(answer -> probe.namespaces().withName("default").get() != null);
            } catch (KubernetesClientException notYet) {
                return Optional.empty();
            }
        });
    }

    private ServerProcess startEtcd() throws IOException {
        String client = "http://127.0.0.1:" + etcdPort;
        String peer = "http://127.0.0.1:" + freePort();
        return start(
                Binaries.ETCD,
                List.of(
                        "--name=test",
                        "--data-dir=" + folder.resolve("etcd"),
                        "--unsafe-no-fsync",
                        "--logger=zap",
                        "--log-level=warn",
                        "--listen-client-urls=" + client,
                        "--advertise-client-urls=" + client,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=test=" + peer));
    }

    private ServerProcess startApiServer() {
        // Without controllers nobody makes the accounts that this plugin wants.
        String admissionOff = binaries.hasControllers() ? "" : "ServiceAccount";
        return start(
                Binaries.API_SERVER,
                List.of(
                        "--bind-address=127.0.0.1",
                        "--advertise-address=127.0.0.1",
                        "--secure-port=" + apiServerPort,
                        "--cert-dir=" + credentials.folder(),
                        "--etcd-servers=http://127.0.0.1:" + etcdPort,
                        "--token-auth-file=" + credentials.tokens(),
                        "--service-account-issuer=https://kubernetes.default.svc",
                        "--service-account-key-file=" + credentials.accountKey(),
                        "--service-account-signing-key-file=" + credentials.accountKey(),
                        "--service-cluster-ip-range=10.96.0.0/16",
                        "--authorization-mode=Node,RBAC",
                        "--enable-admission-plugins=NodeRestriction",
                        "--disable-admission-plugins=" + admissionOff,
                        "--allow-privileged=true",
                        "--endpoint-reconciler-type=none",
                        "--profiling=false"));
    }

    private ServerProcess startControllers() {
        List<String> arguments = new ArrayList<>(List.of(
                "--kubeconfig=" + credentials.kubeconfig(),
                "--secure-port=0",
                "--leader-elect=false",
                "--service-account-private-key-file=" + credentials.accountKey(),
                "--root-ca-file=" + credentials.certificate(),
                "--controllers=garbagecollector,namespace,serviceaccount,serviceaccount-token,root-ca-cert-publisher,"
                        + "resourcequota,endpoint,job,disruption",
                "--kube-api-qps=1000",
                "--kube-api-burst=2000"));
        if (minorVersion(probe) < 24) {
            // Old ones would serve metrics without TLS on a fixed port.
            arguments.add("--port=0");
        }
        return start(Binaries.CONTROLLERS, arguments);
    }

    /** The 20 of 1.20. */
    static int minorVersion(KubernetesClient client) {
        return Integer.parseInt(client.getKubernetesVersion().getMinor().replaceAll("\\D", ""));
    }

    private ServerProcess start(String program, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(binaries.path(program)));
        command.addAll(arguments);
        return ServerProcess.start(command, folder, logs.resolve(program + ".log"));
    }

    private static int freePort() throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // Another one, then.
            }
        }
    }
}

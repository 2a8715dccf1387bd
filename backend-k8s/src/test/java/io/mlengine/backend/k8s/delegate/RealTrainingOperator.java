package io.mlengine.backend.k8s.delegate;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Kubeflow's own training operator as a process, for the PyTorch jobs of one namespace. It makes its certificate itself
 * and waits for it where a kubelet would mount it, in a fixed folder: one at a time on a machine.
 */
final class RealTrainingOperator implements AutoCloseable {
    private static final String SECRET = "training-operator-webhook-cert";
    private static final String WEBHOOK = "validator.training-operator.kubeflow.org";
    private static final Path MOUNT = Path.of("/tmp/k8s-webhook-server/serving-certs");

    private static final String LOG = "operator.log";
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final KubernetesClient client;
    private final Path folder;
    private final ServerProcess process;

    private RealTrainingOperator(KubernetesClient client, Path folder, ServerProcess process) {
        this.client = client;
        this.folder = folder;
        this.process = process;
    }

    /** The program, if it lies beside those of the API server, with the definitions of its kinds. */
    static Optional<Path> program() {
        return Optional.ofNullable(System.getenv("KUBEBUILDER_ASSETS"))
                .map(folder -> Path.of(folder, "training-operator"))
                .filter(Files::isExecutable);
    }

    static RealTrainingOperator start(Path program, KubernetesServer server, String namespace) {
        KubernetesClient client = server.client();
        try {
            try (InputStream kind =
                    Files.newInputStream(program.resolveSibling("kubeflow").resolve("kubeflow.org_pytorchjobs.yaml"))) {
                client.load(kind).fieldManager("test").forceConflicts().serverSideApply();
            }
            Secret secret = new SecretBuilder()
                    .withNewMetadata()
                    .withNamespace(namespace)
                    .withName(SECRET)
                    .endMetadata()
                    .build();
            client.resource(secret).create();
            client.resource(webhook()).fieldManager("test").forceConflicts().serverSideApply();
            Path folder = Files.createTempDirectory("training-operator");
            Path log = folder.resolve(LOG);
            List<String> command = List.of(
                    "env",
                    "KUBECONFIG=" + server.kubeconfig(),
                    "MY_POD_NAMESPACE=" + namespace,
                    program.toString(),
                    "--namespace=" + namespace,
                    "--enable-scheme=pytorchjob",
                    "--metrics-bind-address=0",
                    "--health-probe-bind-address=0",
                    "--webhook-secret-name=" + SECRET);
            RealTrainingOperator operator =
                    new RealTrainingOperator(client, folder, ServerProcess.start(command, folder, log));
            operator.mount(secret);
            return operator;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The operator keeps its authority in it; what it would check is not the test's matter. */
    private static ValidatingWebhookConfiguration webhook() {
        return new ValidatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName(WEBHOOK)
                .endMetadata()
                .build();
    }

    /** Does what a kubelet does with a volume from a secret. */
    private void mount(Secret secret) throws IOException {
        Map<String, String> files = Await.until(
                "the operator has made its certificate",
                () -> Optional.ofNullable(client.resource(secret).get().getData())
                        .filter(data -> data.containsKey("tls.key")));
        Files.createDirectories(MOUNT);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.write(MOUNT.resolve(file.getKey()), Base64.getDecoder().decode(file.getValue()));
        }
    }

    /** What it has said, for a test that fails. */
    String log() {
        try {
            return Files.readString(folder.resolve(LOG));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.stop(GRACE);
        try {
            client.resource(webhook()).delete();
            try (Stream<Path> mounted = Files.list(MOUNT)) {
                for (Path file : mounted.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder.resolve(LOG));
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

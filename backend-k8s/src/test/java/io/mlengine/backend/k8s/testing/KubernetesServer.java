package io.mlengine.backend.k8s.testing;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mlengine.build.testing.Machine;
import io.mlengine.build.testing.Module;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A real Kubernetes API server, one for all tests of a JVM: the cluster that {@code MLENGINE_TEST_KUBECONFIG} (or the
 * property {@code mlengine.test.kubeconfig}) names, else processes of our own, from the programs in
 * {@code KUBEBUILDER_ASSETS}, our cache or envtest's usual folder. Without any of these a test that asks for it is
 * skipped, or fails under {@code -Dmlengine.require=all}.
 *
 * <p>There are no nodes (see {@link FakeNodes}) and no scheduler. Our own processes end with the JVM, however that ends;
 * what they wrote is in {@code target/kubernetes}. Methods may block; those that stop something are for one thread.
 */
public final class KubernetesServer {
    private static @Nullable KubernetesServer shared;

    private final @Nullable ControlPlane controlPlane;
    private final Path kubeconfig;
    private final KubernetesClient client;
    private final Queue<String> namespaces = new ConcurrentLinkedQueue<>();

    private KubernetesServer(Path kubeconfig, @Nullable ControlPlane controlPlane) {
        this.kubeconfig = kubeconfig;
        this.controlPlane = controlPlane;
        client = newClient(settings -> settings);
    }

    /** The server of this JVM, started by the first call; a later call starts what another test left stopped. */
    public static synchronized KubernetesServer shared() {
        if (shared == null) {
            shared = create();
        } else if (shared.controlPlane != null) {
            shared.controlPlane.heal();
        }
        return shared;
    }

    private static KubernetesServer create() {
        Optional<Path> existing = Optional.ofNullable(
                        System.getProperty("mlengine.test.kubeconfig", System.getenv("MLENGINE_TEST_KUBECONFIG")))
                .filter(path -> !path.isEmpty())
                .map(Path::of);
        if (existing.isPresent()) {
            Machine.needs("the kubeconfig " + existing.get(), Files.isReadable(existing.get()));
            KubernetesServer cluster = new KubernetesServer(existing.get(), null);
            Runtime.getRuntime().addShutdownHook(new Thread(cluster::deleteNamespaces));
            return cluster;
        }
        Optional<Binaries> binaries = Binaries.find(System.getenv());
        Machine.needs(
                "a Kubernetes API server: kube-apiserver and etcd in $KUBEBUILDER_ASSETS or, where that is not set, in"
                        + " ~/.cache/mlengine/k8s or /usr/local/kubebuilder/bin, or a cluster named by MLENGINE_TEST_KUBECONFIG",
                binaries.isPresent());
        ControlPlane started =
                ControlPlane.start(binaries.orElseThrow(), Module.folder().resolve("target/kubernetes"));
        return new KubernetesServer(started.kubeconfig(), started);
    }

    /** A client with all rights, shared by all tests: never close it. */
    public KubernetesClient client() {
        return client;
    }

    /** A client with all rights and settings of its own; the caller closes it. */
    public KubernetesClient newClient(UnaryOperator<ConfigBuilder> settings) {
        ConfigBuilder config = new ConfigBuilder(Config.fromKubeconfig(kubeconfig.toFile()));
        return new KubernetesClientBuilder()
                .withConfig(settings.apply(config).build())
                .build();
    }

    /** A client that is a service account, with a token as a pod has one; the caller closes it. */
    public KubernetesClient clientOf(String namespace, String serviceAccount) {
        String token = client.serviceAccounts()
                .inNamespace(namespace)
                .withName(serviceAccount)
                .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
                .getStatus()
                .getToken();
        return newClient(settings -> settings.withOauthToken(token)
                .withAutoOAuthToken(null)
                .withClientCertData(null)
                .withClientCertFile(null)
                .withClientKeyData(null)
                .withClientKeyFile(null)
                .withNamespace(namespace));
    }

    /** The file by which other processes get all rights. */
    public Path kubeconfig() {
        return kubeconfig;
    }

    /** Makes a namespace that no other test uses, ready for pods, and returns its name. */
    public String newNamespace() {
        String name = client.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withGenerateName("test-")
                        .endMetadata()
                        .build())
                .create()
                .getMetadata()
                .getName();
        namespaces.add(name);
        if (hasControllers()) {
            awaitAccount(name);
        }
        return name;
    }

    /** Skips the test if nobody collects garbage, deletes namespaces and counts quotas here, as under plain envtest. */
    public KubernetesServer needsControllers() {
        Machine.needs("kube-controller-manager beside kube-apiserver", hasControllers());
        return this;
    }

    /** Asks the API server to end, as for an update, and returns when it has ended; watches break. */
    public void stopApiServer() {
        processes().stopApiServer();
    }

    /** Kills the API server, as in a crash. */
    public void killApiServer() {
        processes().killApiServer();
    }

    /** Starts a stopped API server on the same port with the same data, and returns when it is ready. */
    public void startApiServer() {
        processes().resumeApiServer();
    }

    /** Stops and starts the API server. */
    public void restartApiServer() {
        stopApiServer();
        startApiServer();
    }

    /** Freezes etcd: requests to the API server hang until they time out. */
    public void pauseEtcd() {
        processes().pauseEtcd();
    }

    /** Lets etcd go on, and returns when the API server is ready again. */
    public void resumeEtcd() {
        processes().resumeEtcd();
    }

    private boolean hasControllers() {
        return controlPlane == null || controlPlane.hasControllers();
    }

    // Pods need the account of their namespace and, in old versions, a token of it.
    private void awaitAccount(String namespace) {
        boolean needsToken = ControlPlane.minorVersion(client) < 24;
        Await.until("namespace " + namespace + " has a default service account", () -> {
            ServiceAccount account = client.serviceAccounts()
                    .inNamespace(namespace)
                    .withName("default")
                    .get();
            return account != null && (!needsToken || !account.getSecrets().isEmpty());
        });
    }

    private void deleteNamespaces() {
        namespaces.forEach(name -> client.namespaces().withName(name).delete());
    }

    private ControlPlane processes() {
        Machine.needs("a control plane of the test's own", controlPlane != null);
        return Objects.requireNonNull(controlPlane);
    }
}

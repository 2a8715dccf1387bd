package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.mlengine.backend.k8s.cluster.RequestObserver;
import io.mlengine.backend.k8s.cluster.SoleElection;
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.Definitions;
import io.mlengine.backend.k8s.testing.FakeKubelet;
import io.mlengine.backend.k8s.testing.FakeNodes;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodEnd;
import io.mlengine.backend.k8s.testing.PodScript;
import io.mlengine.core.job.BackOff;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.core.time.SystemClock;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A namespace with nodes that pretend and its jobs as users see them; keeps a ledger of all pods. */
final class JobsFixture implements AutoCloseable {
    private static final BackOff SHORT =
            new BackOff(Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofMinutes(10));

    final KubernetesServer server;
    final KubernetesClient client;
    final FakeNodes nodes;
    final String namespace;
    final PodLedger ledger;
    final FakeKubelet kubelet;
    private final SystemClock clock = new SystemClock();
    private final ExecutorService worker = Executors.newSingleThreadExecutor();
    private final ExecutorService callbacks = Executors.newSingleThreadExecutor();
    private @Nullable Operator operator;

    JobsFixture(KubernetesServer server, Function<Pod, PodScript> scripts) {
        this.server = server;
        client = server.client();
        Definitions.install(client);
        namespace = server.newNamespace();
        nodes = new FakeNodes(client);
        kubelet = FakeKubelet.start(server, nodes, scripts);
        ledger = PodLedger.open(client, namespace);
    }

    /** Starts the only controller of the namespace, in this JVM; the fixture closes it. */
    void startOperator() {
        startOperator(client.getConfiguration());
    }

    /** The same, with a way of its own to the API server. */
    void startOperator(Config config) {
        startOperator(config, RequestObserver.NONE);
    }

    /** The same; its requests are observed. */
    void startOperator(Config config, RequestObserver requests) {
        ClusterEngines engines = new ClusterEngines(
                config,
                Set.of(namespace),
                PodConfig.DEFAULT,
                clock,
                builder -> builder.plugin(new PlainPlugin()),
                engine -> () -> {},
                requests);
        operator = new Operator(new SoleElection(clock, callbacks), engines, clock, worker);
        operator.start();
    }

    /** Whether the engine of the controller in this JVM could not be started, and has not been since. */
    boolean hasFailedToStart() {
        return operator != null && operator.health().details().containsKey("lastFailure");
    }

    /** A job of replicas with a GPU each that tries again soon and ends at once when it is asked to. */
    MLTrain.Builder train(String name, int workers) {
        return MLTrain.named(name)
                .namespace(namespace)
                .framework("plain")
                .runPolicy(RunPolicy.builder()
                        .backOff(SHORT)
                        .stopGrace(Duration.ofSeconds(1))
                        .build())
                .addRole(Role.named("worker")
                        .replicas(workers)
                        .command("work")
                        .image("localhost/work:1")
                        .resources(Resources.builder().gpus(1).build())
                        .build());
    }

    /** Makes the object of a job, as soon as the API server takes it. */
    void apply(MLTrain.Builder train) {
        MLTrainResource resource = MLTrainDocuments.resource(train.build());
        Await.until("the object is made", () -> {
            try {
                client.resource(resource).create();
                return true;
            } catch (KubernetesClientException e) {
                if (e.getCode() == 409) {
                    return true;
                }
                if (isAway(e)) {
                    return false;
                }
                throw e;
            }
        });
    }

    private static boolean isAway(KubernetesClientException e) {
        boolean isUnanswered = e.getCode() <= 0;
        return isUnanswered || e.getCode() >= 500 || e.getCode() == 429;
    }

    Resource<MLTrainResource> object(String name) {
        return client.resources(MLTrainResource.class).inNamespace(namespace).withName(name);
    }

    MLTrainStatus await(String name, String what, Predicate<MLTrainStatus> condition) {
        AtomicReference<@Nullable Object> seen = new AtomicReference<>();
        return Await.until(name + " " + what, seen::get, () -> {
            try {
                Optional<MLTrainStatus> status =
                        Optional.ofNullable(object(name).get()).map(MLTrainResource::getStatus);
                seen.set(status.map(now -> now.phase() + " " + now.reason() + " " + now.message()));
                return status.filter(condition);
            } catch (KubernetesClientException away) {
                seen.set(away);
                return Optional.empty();
            }
        });
    }

    MLTrainStatus await(String name, String phase) {
        return await(name, "is " + phase, status -> phase.equals(status.phase()));
    }

    List<Pod> pods(String job) {
        return client.pods()
                .inNamespace(namespace)
                .withLabel(Labels.JOB_NAME, job)
                .list()
                .getItems();
    }

    /** Lets the pods of a job end well. */
    void succeed(String job) {
        pods(job).forEach(pod -> kubelet.end(namespace, pod.getMetadata().getName(), PodEnd.exit(0)));
    }

    /** Deletes a job and returns when nothing of it is left. */
    void remove(String job) {
        object(job).delete();
        Await.until(job + " is gone", () -> object(job).get() == null);
        Await.until("the pods of " + job + " are gone", () -> pods(job).isEmpty());
    }

    /** Checks that no pod was doubled so far. */
    void assertNoDoublePod() {
        assertThat(ledger.violations()).isEmpty();
    }

    @Override
    public void close() {
        if (operator != null) {
            operator.close();
        }
        ledger.close();
        kubelet.close();
        nodes.close();
        clock.close();
        worker.shutdownNow();
        callbacks.shutdownNow();
    }
}

package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mlengine.backend.k8s.cluster.Leadership;
import io.mlengine.backend.k8s.pod.PodConfig;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.backend.k8s.resource.MLUsageResource;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.Definitions;
import io.mlengine.backend.k8s.testing.FakeKubelet;
import io.mlengine.backend.k8s.testing.FakeNodes;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodEnd;
import io.mlengine.backend.k8s.testing.PodScript;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.job.RunPolicy;
import io.mlengine.core.time.SystemClock;
import io.mlengine.spi.model.Resources;
import io.mlengine.spi.model.Role;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs as users see them: objects go in, statuses, pods, usage and Events come out. */
@Timeout(180)
class ClusterEnginesIT {

    private final KubernetesServer server = KubernetesServer.shared();
    private final KubernetesClient client = server.client();
    private final FakeNodes nodes = new FakeNodes(client);
    private final SystemClock clock = new SystemClock();
    private String namespace = "";
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    @BeforeEach
    void install() {
        Definitions.install(server.client());
        namespace = server.newNamespace();
    }

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable last : opened) {
            last.close();
        }
        nodes.close();
        clock.close();
    }

    private FakeKubelet start(Function<Pod, PodScript> scripts) {
        FakeKubelet kubelet = FakeKubelet.start(server, nodes, scripts);
        opened.push(kubelet);
        return kubelet;
    }

    private FakeKubelet startWithEngine(Function<Pod, PodScript> scripts) {
        FakeKubelet kubelet = start(scripts);
        opened.push(engine()::close);
        return kubelet;
    }

    private RunningEngine engine() {
        return new ClusterEngines(
                        client.getConfiguration(),
                        Set.of(namespace),
                        PodConfig.DEFAULT,
                        clock,
                        builder -> builder.plugin(new PlainPlugin()),
                        engine -> () -> {})
                .start(1, Leadership.always(1));
    }

    private MLTrain.Builder train(String name, int workers) {
        return MLTrain.named(name)
                .namespace(namespace)
                .framework("plain")
                .addRole(Role.named("worker")
                        .replicas(workers)
                        .command("work")
                        .image("localhost/work:1")
                        .resources(Resources.builder().gpus(1).build())
                        .build());
    }

    private void apply(MLTrain.Builder train) {
        client.resource(MLTrainDocuments.resource(train.build())).create();
    }

    private Resource<MLTrainResource> object(String name) {
        return client.resources(MLTrainResource.class).inNamespace(namespace).withName(name);
    }

    private MLTrainStatus await(String name, String what, Predicate<MLTrainStatus> condition) {
        return Await.until(
                name + " " + what,
                () -> Optional.ofNullable(object(name).get())
                        .map(MLTrainResource::getStatus)
                        .filter(condition));
    }

    private MLTrainStatus await(String name, String phase) {
        return await(name, "is " + phase, status -> phase.equals(status.phase()));
    }

    private List<Pod> pods() {
        return client.pods().inNamespace(namespace).list().getItems();
    }

    private void edit(String name, String field, Object value) {
        object(name)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        Serialization.asJson(Map.of("spec", Map.of(field, value))));
    }

    @Test
    void anAppliedJobRunsOnTheNodesAndSucceeds() {
        nodes.add(2, 2);
        // Ends are told in whole seconds: what ends in the second of its grant has used nothing.
        startWithEngine(pod -> PodScript.exits(0).after(Duration.ofMillis(2500)));
        apply(train("digits", 4));

        MLTrainStatus end = await("digits", "Succeeded");

        assertThat(end.attempt()).isEqualTo(1);
        assertThat(end.finishedAt()).isNotNull();
        assertThat(end.conditions()).anySatisfy(condition -> {
            assertThat(condition.type()).isEqualTo("Succeeded");
            assertThat(condition.status()).isEqualTo("True");
        });
        assertThat(pods()).hasSize(4).allSatisfy(pod -> {
            assertThat(pod.getSpec().getSchedulerName()).isEqualTo("mlengine");
            assertThat(pod.getMetadata().getOwnerReferences()).hasSize(1);
        });
        assertThat(pods().stream().map(pod -> pod.getSpec().getNodeName()).distinct())
                .hasSize(2);
        Await.until(
                "usage is written",
                () -> !client.resources(MLUsageResource.class)
                        .inNamespace(namespace)
                        .list()
                        .getItems()
                        .isEmpty());
        Await.until(
                "the end is told",
                () -> events("digits").stream()
                        .anyMatch(event -> event.getReason().equals("Succeeded")));
    }

    private List<Event> events(String name) {
        return client.v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> name.equals(event.getInvolvedObject().getName()))
                .toList();
    }

    @Test
    void aKilledReplicaStartsTheGroupAgain() {
        nodes.add(2, 2);
        startWithEngine(pod -> pod.getMetadata().getName().endsWith("worker-1-a1")
                ? PodScript.ends(PodEnd.signal(9)).after(Duration.ofMillis(300))
                : pod.getMetadata().getName().endsWith("-a1")
                        ? PodScript.runsUntilDeleted()
                        : PodScript.exits(0).after(Duration.ofMillis(300)));
        apply(train("digits", 2));

        MLTrainStatus end = await("digits", "Succeeded");

        assertThat(end.attempt()).isEqualTo(2);
    }

    @Test
    void whatDoesNotFitWaitsAndSaysWhy() {
        nodes.add(1, 2);
        startWithEngine(pod -> PodScript.runsUntilDeleted());
        apply(train("first", 2));
        await("first", "Running");
        apply(train("second", 2));

        MLTrainStatus waiting = await("second", "explains itself", status -> status.waiting() != null);
        assertThat(waiting.phase()).isEqualTo("Queued");
        assertThat(waiting.message()).contains("GPU");

        object("first").delete();
        await("second", "Running");
        Await.until("the first is gone", () -> object("first").get() == null);
    }

    @Test
    void aJobIsSuspendedResumedAndCancelledByItsSpec() {
        nodes.add(1, 2);
        startWithEngine(pod -> PodScript.runsUntilDeleted());
        apply(train("digits", 2)
                .runPolicy(RunPolicy.builder().stopGrace(Duration.ofSeconds(1)).build()));
        await("digits", "Running");

        edit("digits", "desired", "Suspend");
        await("digits", "Suspended");
        edit("digits", "desired", "Run");
        MLTrainStatus again = await("digits", "Running");
        assertThat(again.attempt()).isEqualTo(2);
        edit("digits", "desired", "Cancel");
        await("digits", "Cancelled");
        Await.until(
                "no pod runs",
                () -> pods().stream()
                        .noneMatch(pod -> "Running".equals(pod.getStatus().getPhase())));
    }

    @Test
    void theNextEngineGoesOnWithWhatRuns() {
        nodes.add(2, 2);
        FakeKubelet kubelet = start(pod -> PodScript.runsUntilDeleted());
        RunningEngine first = engine();
        apply(train("digits", 4));
        await("digits", "Running");
        List<String> before =
                pods().stream().map(pod -> pod.getMetadata().getUid()).toList();

        first.close();
        kubelet.end(namespace, "digits-worker-2-a1", PodEnd.exit(0));
        opened.push(engine()::close);

        for (int i : new int[] {0, 1, 3}) {
            kubelet.end(namespace, "digits-worker-" + i + "-a1", PodEnd.exit(0));
        }
        MLTrainStatus end = await("digits", "Succeeded");
        assertThat(end.attempt()).isEqualTo(1);
        assertThat(pods().stream().map(pod -> pod.getMetadata().getUid())).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void aJobThatIsDeletedWhileNoEngineRunsGoesWithTheNextEngine() {
        nodes.add(1, 2);
        start(pod -> PodScript.exits(0).after(Duration.ofMillis(300)));
        RunningEngine first = engine();
        apply(train("digits", 2));
        await("digits", "Succeeded");
        first.close();

        object("digits").delete();
        opened.push(engine()::close);

        Await.until("the object is gone", () -> object("digits").get() == null);
        Await.until("the pods are gone", () -> pods().isEmpty());
    }

    @Test
    void aJobThatWasDeletedLeavesNothing() {
        nodes.add(1, 2);
        startWithEngine(pod -> PodScript.runsUntilDeleted());
        apply(train("digits", 2)
                .runPolicy(RunPolicy.builder().stopGrace(Duration.ofSeconds(1)).build()));
        await("digits", "Running");

        object("digits").delete();

        Await.until("the object is gone", () -> object("digits").get() == null);
        Await.until("the pods are gone", () -> pods().isEmpty());
        assertThat(client.services()
                        .inNamespace(namespace)
                        .withLabel(Labels.JOB_NAME, "digits")
                        .list()
                        .getItems())
                .isEmpty();
        assertThat(client.secrets()
                        .inNamespace(namespace)
                        .withLabel(Labels.JOB_NAME, "digits")
                        .list()
                        .getItems())
                .isEmpty();
    }
}

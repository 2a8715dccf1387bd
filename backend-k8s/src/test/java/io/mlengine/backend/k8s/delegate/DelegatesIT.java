package io.mlengine.backend.k8s.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLTrainCondition;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLTrainStatus;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.core.job.RunPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs that Kubeflow runs, with an operator that pretends. */
@Timeout(240)
class DelegatesIT {
    private final DelegateCluster cluster = new DelegateCluster(DelegateCluster.PYTORCH);

    @AfterEach
    void close() {
        cluster.close();
    }

    private void start(String name) {
        cluster.startEngine();
        cluster.apply(cluster.train(name, DelegateCluster.PYTORCH));
        cluster.await(name, "Running");
    }

    private static List<String> holding(MLTrainStatus status) {
        return status.conditions().stream()
                .filter(condition -> "True".equals(condition.status()))
                .map(MLTrainCondition::type)
                .toList();
    }

    @Test
    void itsPodsArePlacedAsAGangAndItsEndIsTheJobsEnd() {
        start("mnist");

        MLTrainStatus running = cluster.await("mnist", "has all", status -> "3/3".equals(status.ready()));
        assertThat(holding(running)).containsExactly("Created", "Running");
        assertThat(running.message()).isEqualTo("PyTorchJob is Running");
        assertThat(running.attempt()).isEqualTo(1);
        assertThat(running.gpus()).isEqualTo(3);
        assertThat(running.startedAt()).isNotNull();
        assertThat(Objects.requireNonNull(running.delegate()).uid()).isEqualTo(cluster.uid("mnist"));
        assertThat(running.record()).as("no engine has a record of it").isNull();
        GenericKubernetesResource object =
                cluster.object("mnist", DelegateCluster.PYTORCH).get();
        MLTrainResource train = cluster.job("mnist").get();
        assertThat(DelegatedJob.of(train).owns(object)).isTrue();
        assertThat(train.getFinalizers()).contains(Labels.FINALIZER);
        List<Pod> pods = cluster.pods();
        assertThat(pods).hasSize(3).allSatisfy(pod -> {
            assertThat(pod.getSpec().getSchedulerName()).isEqualTo("mlengine");
            assertThat(pod.getMetadata().getLabels()).containsEntry(Labels.GANG, "mnist");
            assertThat(pod.getSpec().getNodeName()).isNotNull();
        });

        cluster.operator.say("mnist", "Succeeded");
        MLTrainStatus ended = cluster.await("mnist", "Succeeded");
        assertThat(holding(ended)).containsExactly("Created", "Succeeded");
        assertThat(ended.finishedAt()).isNotNull();
        assertThat(ended.roles())
                .allSatisfy(role -> assertThat(role.succeeded()).isEqualTo(role.replicas()));
        Await.until(
                "there are Events",
                () -> cluster.client.v1().events().inNamespace(cluster.namespace).list().getItems().stream()
                        .filter(event -> event.getInvolvedObject().getKind().equals("MLTrain"))
                        .map(event -> event.getReason())
                        .toList()
                        .containsAll(List.of("Starting", "Running", "Succeeded")));
    }

    @Test
    void aRestartAndAFailureAreTold() {
        start("mnist");

        cluster.operator.say("mnist", "Restarting");
        cluster.await("mnist", "Restarting");
        cluster.operator.say("mnist", "Failed");
        MLTrainStatus failed = cluster.await("mnist", "Failed");

        assertThat(failed.reason()).isEqualTo("PyTorchJobFailed");
        assertThat(failed.attempt()).isEqualTo(1);
    }

    @Test
    void itIsHeldBackAndGoesOn() {
        start("mnist");
        String uid = cluster.uid("mnist");

        cluster.desire("mnist", "Suspend");
        cluster.await("mnist", "Suspended");
        Await.until("its pods are gone", () -> cluster.pods().isEmpty());
        cluster.desire("mnist", "Run");
        MLTrainStatus running = cluster.await("mnist", "Running");

        assertThat(running.attempt()).isEqualTo(2);
        assertThat(cluster.uid("mnist")).isEqualTo(uid);
    }

    @Test
    void whatOthersWriteIntoTheObjectIsSetBack() {
        start("mnist");

        cluster.object("mnist", DelegateCluster.PYTORCH).edit(object -> {
            Map<String, Map<String, Object>> spec = object.get("spec");
            Objects.requireNonNull(spec.get("runPolicy")).put("suspend", true);
            return object;
        });

        Await.until(
                "it is not held back",
                () -> Boolean.FALSE.equals(
                        cluster.object("mnist", DelegateCluster.PYTORCH).get().get("spec", "runPolicy", "suspend")));
        cluster.await("mnist", "Running");
    }

    @Test
    void aCancelEndsIt() {
        cluster.server.needsControllers();
        start("mnist");

        cluster.desire("mnist", "Cancel");
        MLTrainStatus cancelled = cluster.await("mnist", "Cancelled");

        assertThat(cluster.object("mnist", DelegateCluster.PYTORCH).get()).isNull();
        assertThat(cluster.pods()).isEmpty();
        assertThat(cancelled.finishedAt()).isNotNull();
        assertThat(holding(cancelled)).containsExactly("Created", "Failed");
    }

    @Test
    void aDeletedJobGoesAfterItsPods() {
        cluster.server.needsControllers();
        start("mnist");

        cluster.job("mnist").delete();
        Await.until("the job is gone", () -> cluster.job("mnist").get() == null);

        assertThat(cluster.object("mnist", DelegateCluster.PYTORCH).get()).isNull();
        assertThat(cluster.pods()).isEmpty();
    }

    @Test
    void aFinishedJobIsRemovedWhenItsTimeIsOver() {
        cluster.server.needsControllers();
        cluster.startEngine();
        cluster.apply(cluster.train("mnist", DelegateCluster.PYTORCH)
                .runPolicy(RunPolicy.builder()
                        .ttlAfterFinished(Duration.ofSeconds(1))
                        .build()));
        cluster.await("mnist", "Running");

        cluster.operator.say("mnist", "Succeeded");

        Await.until("the job is gone", () -> cluster.job("mnist").get() == null);
    }

    @Test
    void anotherEngineGoesOnWhereTheFirstStopped() {
        start("mnist");
        String uid = cluster.uid("mnist");

        cluster.stopEngine();
        cluster.operator.say("mnist", "Succeeded");
        Await.until(
                "the operator has told",
                () -> cluster.object("mnist", DelegateCluster.PYTORCH)
                        .get()
                        .toString()
                        .contains("PyTorchJobSucceeded"));
        assertThat(cluster.job("mnist").get().getStatus().phase()).isEqualTo("Running");
        cluster.startEngine();
        MLTrainStatus ended = cluster.await("mnist", "Succeeded");

        assertThat(ended.attempt()).isEqualTo(1);
        assertThat(cluster.uid("mnist")).isEqualTo(uid);
    }

    @Test
    void anObjectThatSomebodyDeletesIsMadeAgain() {
        cluster.server.needsControllers();
        start("mnist");
        String uid = cluster.uid("mnist");

        cluster.object("mnist", DelegateCluster.PYTORCH).delete();
        MLTrainStatus again = cluster.await(
                "mnist",
                "runs again",
                status -> "Running".equals(status.phase())
                        && !uid.equals(Objects.requireNonNull(status.delegate()).uid()));

        assertThat(again.attempt()).isEqualTo(2);
        assertThat(Objects.requireNonNull(again.delegate()).madeAgain()).isEqualTo(1);
    }

    @Test
    void anObjectOfSomebodyElseIsNotTakenOver() {
        GenericKubernetesResource strangers = DelegateObject.of(
                cluster.train("mnist", DelegateCluster.PYTORCH).build(),
                new DelegatedJob(cluster.namespace, "mnist", "0").owner(),
                0);
        strangers.getMetadata().setOwnerReferences(List.of());
        cluster.client.resource(strangers).create();
        String before = cluster.uid("mnist");
        cluster.startEngine();
        cluster.apply(cluster.train("mnist", DelegateCluster.PYTORCH));

        MLTrainStatus waiting = cluster.await("mnist", "Queued");

        assertThat(waiting.reason()).isEqualTo("NameTaken");
        assertThat(cluster.uid("mnist")).isEqualTo(before);
    }

    @Test
    void whatCannotBeHandedOverIsRejected() {
        cluster.startEngine();
        cluster.apply(cluster.train("mnist", DelegateCluster.PYTORCH).priority(7));

        MLTrainStatus rejected = cluster.await("mnist", "Rejected");

        assertThat(rejected.message()).contains("ML-434").contains("spec.priority");
        assertThat(cluster.object("mnist", DelegateCluster.PYTORCH).get()).isNull();
    }
}

package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.ClusterScheduler;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pods that others made and that name our scheduler. */
@Timeout(240)
class ForeignGangsIT {
    private final GangCluster cluster = new GangCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void ofTwoGangsThatDoNotFitTogetherOneRunsWholeAndTheOtherWaitsWhole() {
        cluster.nodes.add(100, 1);
        cluster.startEngine();
        cluster.createInterleaved(100, pod -> pod, "one", "two");

        Await.until("one of them is whole", () -> cluster.bound("one") == 100 || cluster.bound("two") == 100);
        String first = cluster.bound("one") == 100 ? "one" : "two";
        String second = first.equals("one") ? "two" : "one";
        cluster.awaitReason(second + "-0", "Unschedulable: ");
        assertThat(cluster.bound(second)).isZero();
        assertThat(cluster.pods(first).stream().map(pod -> pod.getSpec().getNodeName()))
                .doesNotHaveDuplicates();
        Await.until("there is an Event", () -> !failures().isEmpty());
        assertThat(failures()).as("one for the gang, not one for each pod").hasSizeLessThan(5);

        cluster.delete(first);
        Await.until("the other is whole", () -> cluster.bound(second) == 100);
    }

    private List<Event> failures() {
        return cluster.client.v1().events().inNamespace(cluster.namespace).list().getItems().stream()
                .filter(event -> event.getReason().equals("FailedScheduling"))
                .toList();
    }

    @Test
    void theClustersOwnSchedulerBindsTwoHalvesThatWaitForEver() {
        cluster.nodes.add(100, 1);
        try (ClusterScheduler scheduler = ClusterScheduler.start(cluster.server)) {
            assertThat(scheduler).isNotNull();
            cluster.createInterleaved(
                    100,
                    pod -> pod.editSpec()
                            .withSchedulerName(ClusterScheduler.NAME)
                            .endSpec(),
                    "one",
                    "two");
            Await.until("all nodes are taken", () -> cluster.bound("one") + cluster.bound("two") == 100);
            assertThat(cluster.bound("one")).isBetween(1L, 99L);
            assertThat(cluster.bound("two")).isBetween(1L, 99L);
        }
    }

    @Test
    void aJobOfAnotherControllerIsPlacedAsAGang() {
        cluster.server.needsControllers();
        cluster.nodes.add(3, 1);
        cluster.startEngine();
        cluster.client
                .resource(new JobBuilder()
                        .withNewMetadata()
                        .withNamespace(cluster.namespace)
                        .withName("plain")
                        .endMetadata()
                        .withNewSpec()
                        .withParallelism(4)
                        .withCompletions(4)
                        .withNewTemplate()
                        .withMetadata(cluster.member("plain", 0, 4)
                                .editMetadata()
                                .withName(null)
                                .withNamespace(null)
                                .endMetadata()
                                .buildMetadata())
                        .withSpec(cluster.pod("plain")
                                .editSpec()
                                .withRestartPolicy("Never")
                                .endSpec()
                                .buildSpec())
                        .endTemplate()
                        .endSpec()
                        .build())
                .create();
        Await.until("its pods are there", () -> cluster.pods("plain").size() == 4);
        String pod = cluster.pods("plain").get(0).getMetadata().getName();
        cluster.awaitReason(pod, "Unschedulable: cannot run here: needs 4 GPUs");
        assertThat(cluster.bound("plain")).isZero();

        cluster.nodes.add(1, 1);
        Await.until("all have nodes", () -> cluster.bound("plain") == 4);
    }

    @Test
    void aGangThatIsNotCompleteSaysSo() {
        cluster.nodes.add(8, 1);
        cluster.startEngine();
        for (int i = 0; i < 3; i++) {
            cluster.create(cluster.member("few", i, 8));
        }
        Await.until(
                "it says so",
                () -> cluster.reason("few-0").filter("Unschedulable: waiting for members: 3 of 8 exist"::equals));
        assertThat(cluster.bound("few")).isZero();
    }

    @Test
    void aRepairedNodeGoesToTheGangThatWaitsForItAndNotToAStranger() {
        List<String> nodes = cluster.nodes.add(4, 1);
        cluster.nodes.cordon(nodes.get(3), true);
        cluster.startEngine();
        for (int i = 0; i < 4; i++) {
            cluster.create(cluster.member("gang", i, 4));
        }
        cluster.awaitReason("gang-0", "Unschedulable: ");
        cluster.create(cluster.pod("stranger")
                .editSpec()
                .addToNodeSelector("kubernetes.io/hostname", nodes.get(3))
                .endSpec());
        Await.until("the stranger waits", () -> cluster.reason("stranger"));

        cluster.nodes.cordon(nodes.get(3), false);
        Await.until("the gang is whole", () -> cluster.bound("gang") == 4);
        assertThat(node("stranger")).isNull();
    }

    private String node(String pod) {
        return cluster.client
                .pods()
                .inNamespace(cluster.namespace)
                .withName(pod)
                .get()
                .getSpec()
                .getNodeName();
    }

    @Test
    void aPodThatAsksForWhatWeCannotDoIsToldByTheNameOfTheField() {
        cluster.nodes.add(1, 1);
        cluster.startEngine();
        cluster.create(cluster.pod("lonely")
                .editSpec()
                .withNewAffinity()
                .withNewPodAntiAffinity()
                .addNewRequiredDuringSchedulingIgnoredDuringExecution()
                .withNewLabelSelector()
                .addToMatchLabels("app", "web")
                .endLabelSelector()
                .withTopologyKey("kubernetes.io/hostname")
                .endRequiredDuringSchedulingIgnoredDuringExecution()
                .endPodAntiAffinity()
                .endAffinity()
                .endSpec());
        Await.until(
                "it is told",
                () -> cluster.reason("lonely")
                        .filter(text -> text.startsWith("Unsupported: spec.affinity.podAntiAffinity: ")));
        Await.until(
                "there is an Event",
                () -> cluster.client.v1().events().inNamespace(cluster.namespace).list().getItems().stream()
                        .anyMatch(event -> event.getReason().equals("Unsupported")));
        assertThat(node("lonely")).isNull();
    }

    @Test
    void aQueueOfOthersIsRefusedUntilTheAccountOfThePodsMayUseIt() {
        cluster.nodes.add(1, 1);
        cluster.startEngine();
        cluster.create(cluster.pod("thief")
                .editMetadata()
                .addToLabels("mlengine.io/queue", "research")
                .endMetadata());

        cluster.awaitReason(
                "thief",
                "QueueForbidden: metadata.labels[mlengine.io/queue]: service account default may not use queue research:"
                        + " grant it `use` on mlqueues.mlengine.io/research");
        cluster.create(cluster.pod("honest"));
        Await.until("the node was free", () -> node("honest") != null);
        assertThat(node("thief")).isNull();

        cluster.client
                .pods()
                .inNamespace(cluster.namespace)
                .withName("honest")
                .withGracePeriod(0)
                .delete();
        try (QueueGrant grant = QueueGrant.toNamespace(cluster.client, cluster.namespace, "research")) {
            assertThat(grant).isNotNull();
            Await.until("it is placed", () -> node("thief") != null);
        }
    }

    @Test
    void aMoreImportantPodEvictsALessImportantOne() {
        cluster.nodes.add(1, 1);
        cluster.startEngine();
        cluster.create(cluster.pod("low"));
        Await.until("it runs", () -> node("low") != null);
        cluster.create(cluster.pod("high")
                .editSpec()
                .withPriorityClassName("system-cluster-critical")
                .endSpec());

        Await.until("the more important one runs", () -> node("high") != null);
        assertThat(cluster.pods().stream().map(Pod::getMetadata).map(meta -> meta.getName()))
                .doesNotContain("low");
    }

    @Test
    void theNextEngineCompletesAGangThatWasBoundInPart() {
        List<String> nodes = cluster.nodes.add(6, 1);
        List<Pod> half = new ArrayList<>();
        for (String gang : List.of("one", "two")) {
            for (int i = 0; i < 3; i++) {
                half.add(cluster.create(cluster.member(gang, i, 3)));
            }
        }
        // As an engine leaves them that dies between two bindings.
        cluster.nodes.bind(half.get(0), nodes.get(0));
        cluster.nodes.bind(half.get(1), nodes.get(1));
        cluster.nodes.bind(half.get(3), nodes.get(2));
        cluster.startEngine();
        Await.until("both are whole", () -> cluster.bound("one") == 3 && cluster.bound("two") == 3);

        assertThat(cluster.pods())
                .extracting(pod -> pod.getMetadata().getUid())
                .containsExactlyInAnyOrderElementsOf(
                        half.stream().map(pod -> pod.getMetadata().getUid()).toList());
        assertThat(cluster.pods())
                .extracting(pod -> pod.getSpec().getNodeName())
                .containsExactlyInAnyOrderElementsOf(nodes);
    }

    @Test
    void theNextEngineGoesOnWithWhatIsPlacedAndWhatWaits() {
        cluster.nodes.add(4, 1);
        cluster.startEngine();
        cluster.createInterleaved(3, pod -> pod, "one");
        Await.until("it is whole", () -> cluster.bound("one") == 3);
        cluster.createInterleaved(3, pod -> pod, "two");
        Await.until("it waits", () -> cluster.reason("two-0"));

        cluster.stopEngine();
        cluster.delete("one");
        cluster.startEngine();
        Await.until("the next one is whole", () -> cluster.bound("two") == 3);
    }
}

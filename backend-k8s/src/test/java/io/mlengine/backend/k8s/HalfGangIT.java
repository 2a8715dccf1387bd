package io.mlengine.backend.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.mlengine.backend.k8s.cluster.ClusterSettings;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodScript;
import io.mlengine.spi.backend.BackendEvent;
import io.mlengine.spi.backend.ExternalGang;
import io.mlengine.spi.model.JobId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Gangs of others that cannot be bound whole; the engine may bind all of their pods but the last. */
class HalfGangIT {
    private static final int SIZE = 4;

    private final KubernetesServer server = KubernetesServer.shared();
    private final ClusterFixture cluster = new ClusterFixture(server, pod -> PodScript.runsUntilDeleted());

    @AfterEach
    void close() {
        cluster.close();
        server.client().rbac().clusterRoleBindings().withName(cluster.namespace).delete();
        server.client().rbac().clusterRoles().withName(cluster.namespace).delete();
    }

    @Test
    void whatAControllerMakesAgainIsTakenOffItsNode() {
        List<String> nodes = cluster.addNodes(1);
        start(true, "gang-0", "gang-1", "gang-2");
        ExternalGang gang = reported();
        assertThatThrownBy(() -> place(gang, nodes.get(0)).join()).hasMessageContaining("gang-3");

        Await.until("no pod of the half is left", () -> cluster.pods().size() == 1);
        assertThat(cluster.pods().get(0).getSpec().getNodeName()).isNull();
    }

    @Test
    void ofAGangOfBarePodsNoneIsBoundWhenOneCannotBe() {
        List<String> nodes = cluster.addNodes(1);
        start(false, "gang-0", "gang-1", "gang-2");
        ExternalGang gang = reported();
        assertThatThrownBy(() -> place(gang, nodes.get(0)).join()).hasMessageContaining("gang-3");

        assertThat(cluster.pods())
                .hasSize(SIZE)
                .allSatisfy(pod -> assertThat(pod.getSpec().getNodeName()).isNull());
    }

    @Test
    void aNodeThatIsGoneGetsNoPod() {
        List<String> nodes = cluster.addNodes(1);
        start(true, "gang-0", "gang-1", "gang-2", "gang-3");
        ExternalGang gang = reported();
        cluster.nodes.remove(nodes.get(0));
        Await.until(
                "that is seen",
                () -> cluster.events().stream()
                        .filter(BackendEvent.NodesReported.class::isInstance)
                        .map(BackendEvent.NodesReported.class::cast)
                        .reduce((earlier, later) -> later)
                        .filter(last -> last.nodes().stream()
                                .noneMatch(node -> node.name().equals(nodes.get(0)))));
        assertThatThrownBy(() -> place(gang, nodes.get(0)).join()).hasMessageContaining("is gone");
        assertThat(cluster.pods())
                .hasSize(SIZE)
                .allSatisfy(pod -> assertThat(pod.getSpec().getNodeName()).isNull());
    }

    @Test
    void whatWasBoundIsReportedBeforeTheOrderIsAnswered() {
        List<String> nodes = cluster.addNodes(1);
        start(true, "gang-0", "gang-1", "gang-2", "gang-3");
        ExternalGang gang = reported();
        place(gang, nodes.get(0)).join();
        assertThat(newest(gang.id()).members())
                .allSatisfy(member -> assertThat(member.node()).isPresent());
        cluster.backend()
                .evict(gang.id(), "test", ClusterFixture.FENCE)
                .toCompletableFuture()
                .join();
        assertThat(newest(gang.id()).members())
                .allSatisfy(member -> assertThat(member.leaving()).isTrue());
        Await.until("all are gone", () -> cluster.pods().isEmpty());
    }

    private CompletableFuture<Void> place(ExternalGang gang, String node) {
        SortedMap<String, String> places = new TreeMap<>();
        gang.members().forEach(member -> places.put(member.name(), node));
        return cluster.backend().place(gang.id(), places, ClusterFixture.FENCE).toCompletableFuture();
    }

    private ExternalGang reported() {
        return Await.until(
                "the gang is whole",
                () -> gangs().stream()
                        .filter(gang -> gang.members().size() == SIZE)
                        .findFirst());
    }

    private ExternalGang newest(JobId id) {
        return gangs().stream()
                .filter(gang -> gang.id().equals(id))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    private List<ExternalGang> gangs() {
        return cluster.events().stream()
                .filter(BackendEvent.GangReported.class::isInstance)
                .map(event -> ((BackendEvent.GangReported) event).gang())
                .filter(gang -> gang.name().startsWith(cluster.namespace + "/"))
                .toList();
    }

    private void start(boolean areMadeAgain, String... bindable) {
        server.client()
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withNamespace(cluster.namespace)
                        .withName("engine")
                        .endMetadata()
                        .build())
                .create();
        allow(
                rule("get", "pods"),
                rule("list", "pods", "nodes"),
                rule("watch", "pods", "nodes"),
                rule("delete", "pods"),
                rule("create", "pods/eviction", "events"),
                rule("patch", "pods/status"),
                new PolicyRuleBuilder(rule("create", "pods/binding"))
                        .withResourceNames(bindable)
                        .build());
        Optional<ConfigMap> owner = areMadeAgain ? Optional.of(owner()) : Optional.empty();
        for (int i = 0; i < SIZE; i++) {
            server.client().resource(pod(i, owner)).create();
        }
        cluster.start(
                server.clientOf(cluster.namespace, "engine"),
                ClusterSettings.builder()
                        .addNamespaces(cluster.namespace)
                        .bindPatience(Duration.ofSeconds(2))
                        .build());
    }

    private ConfigMap owner() {
        return server.client()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(cluster.namespace)
                        .withName("controller")
                        .endMetadata()
                        .build())
                .create();
    }

    private Pod pod(int index, Optional<ConfigMap> owner) {
        PodBuilder pod = new PodBuilder()
                .withNewMetadata()
                .withNamespace(cluster.namespace)
                .withName("gang-" + index)
                .addToLabels("mlengine.io/gang", "gang")
                .addToAnnotations("mlengine.io/gang-size", Integer.toString(SIZE))
                .endMetadata()
                .withNewSpec()
                .withSchedulerName("mlengine")
                .withTerminationGracePeriodSeconds(1L)
                .addNewContainer()
                .withName("main")
                .withImage("image")
                .endContainer()
                .endSpec();
        owner.ifPresent(map -> pod.editMetadata()
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("ConfigMap")
                .withName(map.getMetadata().getName())
                .withUid(map.getMetadata().getUid())
                .withController(true)
                .endOwnerReference()
                .endMetadata());
        return pod.build();
    }

    private static PolicyRule rule(String verb, String... resources) {
        return new PolicyRuleBuilder()
                .withApiGroups("")
                .withVerbs(verb)
                .withResources(resources)
                .build();
    }

    private void allow(PolicyRule... rules) {
        server.client()
                .resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(cluster.namespace)
                        .endMetadata()
                        .withRules(rules)
                        .build())
                .create();
        server.client()
                .resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(cluster.namespace)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", cluster.namespace)
                        .addNewSubject("", "ServiceAccount", "engine", cluster.namespace)
                        .build())
                .create();
    }
}

package io.mlengine.backend.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.mlengine.backend.k8s.cluster.ClusterSettings;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.backend.k8s.testing.PodScript;
import io.mlengine.spi.backend.ReplicaState;
import io.mlengine.spi.backend.ReplicaStatus;
import io.mlengine.spi.model.AttemptId;
import io.mlengine.spi.model.FailureClass;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bindings that fail, made by a service account that may do everything else. */
class BindingIT {
    private static final int REPLICAS = 4;

    private final KubernetesServer server = KubernetesServer.shared();
    private final ClusterFixture cluster = new ClusterFixture(server, pod -> PodScript.runsUntilDeleted());
    private final String account = "engine";

    @AfterEach
    void close() {
        cluster.close();
        for (String role : List.of("most", "bind")) {
            server.client().rbac().clusterRoleBindings().withName(name(role)).delete();
            server.client().rbac().clusterRoles().withName(name(role)).delete();
        }
    }

    @Test
    void aPodThatCannotBeBoundIsHeldAndTriedAgain() {
        AttemptId attempt = launched(Duration.ofSeconds(60));
        for (int i = 0; i < REPLICAS; i++) {
            cluster.await(ClusterFixture.replica(attempt, i), status -> status.state() == ReplicaState.PENDING);
        }
        allow("bind", List.of(rule(List.of("create"), "pods/binding")));
        for (int i = 0; i < REPLICAS; i++) {
            cluster.await(ClusterFixture.replica(attempt, i), status -> status.state() == ReplicaState.READY);
        }
        assertThat(cluster.pods()).hasSize(REPLICAS);
    }

    @Test
    void aGangThatCannotBeBoundInTimeFailsAndLeavesNoPod() {
        AttemptId attempt = launched(Duration.ofSeconds(2));
        for (int i = 0; i < REPLICAS; i++) {
            ReplicaStatus end = cluster.await(
                    ClusterFixture.replica(attempt, i),
                    status -> !status.state().mayLive());
            assertThat(end.state()).isEqualTo(ReplicaState.FAILED);
            assertThat(end.reason()).isEqualTo("BindFailed");
            assertThat(end.failureClass()).contains(FailureClass.INFRASTRUCTURE);
            assertThat(end.message()).contains("pods/binding");
        }
        Await.until("no pod is left", () -> cluster.pods().isEmpty());
    }

    private AttemptId launched(Duration patience) {
        cluster.addNodes(1);
        server.client()
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withNamespace(cluster.namespace)
                        .withName(account)
                        .endMetadata()
                        .build())
                .create();
        allow(
                "most",
                List.of(
                        rule(List.of("get", "list", "watch", "create", "delete"), "pods"),
                        rule(List.of("get", "list", "create", "delete"), "services", "configmaps"),
                        rule(List.of("create", "delete"), "secrets"),
                        rule(List.of("list", "watch"), "nodes")));
        cluster.start(
                server.clientOf(cluster.namespace, account),
                ClusterSettings.builder().bindPatience(patience).build());
        AttemptId attempt = cluster.attempt("held");
        cluster.reserve(attempt, REPLICAS);
        cluster.launch(attempt, REPLICAS).join();
        return attempt;
    }

    private static PolicyRule rule(List<String> verbs, String... resources) {
        return new PolicyRuleBuilder()
                .withApiGroups("")
                .withVerbs(verbs)
                .withResources(resources)
                .build();
    }

    private String name(String role) {
        return cluster.namespace + "-" + role;
    }

    private void allow(String role, List<PolicyRule> rules) {
        server.client()
                .resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(name(role))
                        .endMetadata()
                        .withRules(rules)
                        .build())
                .create();
        server.client()
                .resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(name(role))
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", name(role))
                        .addNewSubject("", "ServiceAccount", account, cluster.namespace)
                        .build())
                .create();
    }
}

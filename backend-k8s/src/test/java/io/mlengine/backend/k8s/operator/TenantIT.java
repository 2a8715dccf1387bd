package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLQueueResource;
import io.mlengine.backend.k8s.resource.MLQueues;
import io.mlengine.backend.k8s.resource.MLTrainDocuments;
import io.mlengine.backend.k8s.resource.MLTrainResource;
import io.mlengine.backend.k8s.resource.MLUsageResource;
import io.mlengine.backend.k8s.resource.RbacManifests;
import io.mlengine.backend.k8s.testing.Definitions;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import io.mlengine.core.job.MLTrain;
import io.mlengine.core.queue.QueueConfig;
import io.mlengine.spi.model.Role;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What somebody may do who edits one namespace: a service account with the roles that the manifest gives to editors. */
@Timeout(120)
class TenantIT {
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final KubernetesServer server = KubernetesServer.shared();
    private final KubernetesClient admin = server.client();
    private final String team = server.newNamespace();
    private final String others = server.newNamespace();
    private KubernetesClient tenant = admin;

    @BeforeEach
    void hire() {
        Definitions.install(admin);
        RbacManifests.users().forEach(role -> admin.resource(role).serverSideApply());
        admin.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("tenant")
                        .withNamespace(team)
                        .endMetadata()
                        .build())
                .create();
        RbacManifests.users()
                .forEach(role -> admin.resource(new RoleBindingBuilder()
                                .withNewMetadata()
                                .withName(role.getMetadata().getName())
                                .withNamespace(team)
                                .endMetadata()
                                .withNewRoleRef(
                                        "rbac.authorization.k8s.io",
                                        "ClusterRole",
                                        role.getMetadata().getName())
                                .addNewSubject()
                                .withKind("ServiceAccount")
                                .withName("tenant")
                                .withNamespace(team)
                                .endSubject()
                                .build())
                        .create());
        tenant = server.clientOf(team, "tenant");
    }

    @AfterEach
    void leave() {
        tenant.close();
    }

    private static MLTrainResource train(String namespace) {
        MLTrainResource train = MLTrainDocuments.resource(MLTrain.named("digits")
                .namespace(namespace)
                .framework("command")
                .addRole(Role.named("worker")
                        .replicas(1)
                        .image("localhost/work:1")
                        .command("work")
                        .build())
                .build());
        train.getMetadata().setNamespace(namespace);
        return train;
    }

    @Test
    void aTenantMakesChangesAndDeletesJobsOfHisNamespaceOnly() {
        MLTrainResource mine = tenant.resource(train(team)).create();
        tenant.resource(mine).patch(MERGE, "{\"spec\":{\"desired\":\"Suspend\"}}");
        assertThat(tenant.resources(MLTrainResource.class)
                        .inNamespace(team)
                        .list()
                        .getItems())
                .hasSize(1);
        tenant.resource(mine).delete();

        admin.resource(train(others)).create();
        forbidden(() -> tenant.resource(train(others)).create());
        forbidden(() -> tenant.resource(train(others)).patch(MERGE, "{\"spec\":{\"desired\":\"Cancel\"}}"));
        forbidden(() -> tenant.resource(train(others)).delete());
        forbidden(() ->
                tenant.resources(MLTrainResource.class).inNamespace(others).list());
        forbidden(() -> tenant.resources(MLTrainResource.class).inAnyNamespace().list());
        admin.resource(train(others)).delete();
    }

    @Test
    void aTenantWritesNoStatus() {
        tenant.resource(train(team)).create();

        forbidden(() -> tenant.resource(train(team))
                .subresource("status")
                .patch(MERGE, "{\"status\":{\"phase\":\"Succeeded\"}}"));
        // In the object itself a status is not taken.
        tenant.resource(train(team)).patch(MERGE, "{\"status\":{\"phase\":\"Succeeded\"}}");
        MLTrainResource stored = admin.resource(train(team)).get();
        assertThat(stored.getStatus() == null ? null : stored.getStatus().phase())
                .isNull();
        tenant.resource(train(team)).delete();
    }

    @Test
    void aTenantForgesNoUsage() {
        MLUsageResource usage = new MLUsageResource();
        usage.getMetadata().setName("digits-a1");
        usage.getMetadata().setNamespace(team);

        forbidden(() -> tenant.resource(usage).create());
        forbidden(() -> tenant.resource(usage).patch(MERGE, "{\"spec\":{}}"));
        forbidden(() -> tenant.resource(usage).delete());
        assertThat(tenant.resources(MLUsageResource.class)
                        .inNamespace(team)
                        .list()
                        .getItems())
                .isEmpty();
    }

    @Test
    void aTenantChangesNoQueue() {
        MLQueueResource queue =
                MLQueues.resource(QueueConfig.named("tenants-" + team).build());

        forbidden(() -> tenant.resource(queue).create());
        forbidden(() -> tenant.resource(queue).patch(MERGE, "{\"spec\":{\"gpus\":1000}}"));
        forbidden(() -> tenant.resource(queue).delete());
    }

    @Test
    void aTenantReachesNothingOfTheEngines() {
        String engines = server.newNamespace();
        forbidden(() -> tenant.secrets()
                .inNamespace(engines)
                .withName(RbacManifests.CERTIFICATES)
                .get());
        forbidden(() -> tenant.leases()
                .inNamespace(engines)
                .withName(RbacManifests.LEASE)
                .get());
        forbidden(() -> tenant.admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName(RbacManifests.NAME)
                .delete());
    }

    @Test
    void rolesForUsersGiveNoPodsAndNoSecrets() {
        // Those come from the roles that a namespace has anyway; ours add nothing to them.
        forbidden(() -> tenant.pods().inNamespace(team).list());
        forbidden(() -> tenant.secrets().inNamespace(team).list());
    }

    /** Who does not hold a queue cannot grant it, though he may bind roles in his namespace. */
    @Test
    void aNamespacesAdministratorGrantsNoQueueThatHeDoesNotHold() {
        admin.resource(binding("tenant-is-admin", "admin", team)).create();

        try (QueueGrant role = QueueGrant.toNamespace(admin, others, "research")) {
            HasMetadata bind = binding("takes-queue", others + "-uses-research", team);
            assertThat(role).isNotNull();
            forbidden(() -> tenant.resource(bind).create());
        }
    }

    private HasMetadata binding(String name, String role, String namespace) {
        return new RoleBindingBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .withLabels(Map.of(Labels.MANAGED_BY, "test"))
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                .addNewSubject()
                .withKind("ServiceAccount")
                .withName("tenant")
                .withNamespace(team)
                .endSubject()
                .build();
    }

    private static void forbidden(Runnable request) {
        assertThatThrownBy(request::run)
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        refused -> assertThat(refused.getCode()).isEqualTo(403));
    }
}

package io.mlengine.backend.k8s.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mlengine.backend.k8s.resource.RbacManifests;
import io.mlengine.backend.k8s.testing.Await;
import io.mlengine.backend.k8s.testing.Definitions;
import io.mlengine.backend.k8s.testing.KubernetesServer;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PreflightIT {
    private static final SortedSet<String> ALL_NAMESPACES = new TreeSet<>();

    private final KubernetesServer server = KubernetesServer.shared();

    private static List<ClusterCheck> checks(KubernetesClient client, SortedSet<String> watched) {
        OperatorSettings settings =
                OperatorSettings.builder().watchNamespaces(watched).build();
        return new Preflight(client, "default", settings).checks();
    }

    @Test
    void anAdministratorMayDoEverything() {
        List<ClusterCheck> checks = checks(server.client(), ALL_NAMESPACES);

        assertThat(checks.get(0).found()).startsWith("Kubernetes v1.");
        assertThat(checks)
                .filteredOn(check -> check.name().equals("API server"))
                .allMatch(ClusterCheck::passed);
        assertThat(checks)
                .filteredOn(check -> check.name().equals("permissions"))
                .singleElement()
                .satisfies(check -> assertThat(check.found()).matches("all \\d+ granted"));
    }

    @Test
    void whatIsNotGrantedIsNamedWithItsPlace() {
        String namespace = server.newNamespace();
        server.client()
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("half")
                        .withNamespace(namespace)
                        .endMetadata()
                        .build())
                .create();
        server.client()
                .resource(new RoleBuilder()
                        .withNewMetadata()
                        .withName("half")
                        .withNamespace(namespace)
                        .endMetadata()
                        .withRules(new PolicyRuleBuilder()
                                .withApiGroups("")
                                .withResources("pods")
                                .withVerbs("get", "list", "watch")
                                .build())
                        .build())
                .create();
        server.client()
                .resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName("half")
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", "half")
                        .addNewSubject()
                        .withKind("ServiceAccount")
                        .withName("half")
                        .withNamespace(namespace)
                        .endSubject()
                        .build())
                .create();
        try (KubernetesClient half = server.clientOf(namespace, "half")) {
            SortedSet<String> watched = new TreeSet<>(Set.of(namespace));
            Await.until(
                    "the role counts",
                    () -> found(half, watched).stream()
                            .anyMatch(text -> text.equals("may not create, delete pods in namespace " + namespace)));

            assertThat(found(half, watched))
                    .contains(
                            "may not list, watch nodes in the cluster",
                            "may not create leases.coordination.k8s.io in namespace default",
                            "may not get, update leases.coordination.k8s.io in namespace default",
                            "may not create pods/binding in namespace " + namespace);
        }
    }

    /** Asked in a namespace, a cluster-wide resource would be granted by a role that never grants it. */
    @Test
    void eachPermissionIsAskedWhereItsResourceLives() {
        Definitions.install(server.client());
        for (Permission permission : Permission.all("default")) {
            if (permission.group().equals("kubeflow.org")) {
                // All are of a namespace; Kubeflow brings them.
                assertThat(permission.scope()).isNotEqualTo(Permission.Scope.CLUSTER);
                continue;
            }
            String plural = permission.resource().split("/")[0];
            Boolean isNamespaced = resources(permission.group()).stream()
                    .filter(resource -> resource.getName().equals(plural))
                    .map(APIResource::getNamespaced)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no server knows " + permission.qualifiedResource()));

            assertThat(permission.scope() != Permission.Scope.CLUSTER)
                    .as(permission.qualifiedResource())
                    .isEqualTo(isNamespaced);
        }
    }

    private List<APIResource> resources(String group) {
        return server.client()
                .getApiResources(group.isEmpty() ? "v1" : group + "/v1")
                .getResources();
    }

    private static List<String> found(KubernetesClient client, SortedSet<String> watched) {
        return checks(client, watched).stream().map(ClusterCheck::found).toList();
    }

    @Test
    void theRolesOfTheManifestAreEnough() {
        String namespace = server.newNamespace();
        List<HasMetadata> objects = RbacManifests.engine(namespace);
        objects.forEach(object -> server.client().resource(object).serverSideApply());
        try (KubernetesClient account = server.clientOf(namespace, RbacManifests.NAME)) {
            OperatorSettings settings = OperatorSettings.builder().build();
            Await.until(
                    "all is granted",
                    () -> new Preflight(account, namespace, settings)
                            .checks().stream().anyMatch(check -> check.found().matches("all \\d+ granted")));
        } finally {
            objects.forEach(object -> server.client().resource(object).delete());
        }
    }

    @Test
    void aServerThatGivesNoAnswerIsTheOnlyThingThatIsSaid() {
        try (KubernetesClient nobody = server.newClient(
                settings -> settings.withMasterUrl("https://127.0.0.1:1").withRequestRetryBackoffLimit(0))) {
            assertThat(checks(nobody, ALL_NAMESPACES)).singleElement().satisfies(check -> {
                assertThat(check.passed()).isFalse();
                assertThat(check.found())
                        .contains("no answer from https://127.0.0.1:1")
                        .doesNotContain("status");
            });
        }
        try (KubernetesClient stranger = server.newClient(settings -> settings.withOauthToken("wrong")
                .withRequestRetryBackoffLimit(0)
                .withClientCertData(null)
                .withClientKeyData(null))) {
            assertThat(checks(stranger, ALL_NAMESPACES))
                    .singleElement()
                    .satisfies(check -> assertThat(check.found()).contains("the credentials are not accepted"));
        }
    }

    @Test
    void resourcesThatAreNotInstalledAreNamed() {
        boolean areInstalled =
                server.client().apiextensions().v1().customResourceDefinitions().list().getItems().stream()
                        .anyMatch(
                                definition -> definition.getMetadata().getName().equals("mltrains.mlengine.io"));
        ClusterCheck kinds = checks(server.client(), ALL_NAMESPACES).get(1);

        assertThat(kinds.name()).isEqualTo("resources");
        assertThat(kinds.passed()).isEqualTo(areInstalled);
    }
}

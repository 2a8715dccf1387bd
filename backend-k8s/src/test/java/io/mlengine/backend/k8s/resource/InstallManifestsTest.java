package io.mlengine.backend.k8s.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.mlengine.build.testing.GoldenFile;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InstallManifestsTest {
    private static final KubernetesSerialization CLIENT = new KubernetesSerialization();
    private static final HelmChart CHART = new HelmChart(Documents.root().resolve("docs/deploy/helm/mlengine"));

    @Test
    void theShippedManifestsAreTheOnesOfTheCode() {
        deployed("mlengine.yaml").assertMatches(InstallManifests.yaml());
        deployed("crds-with-rules.yaml").assertMatches(InstallManifests.definitionsWithRules());
        deployed("default-queue.yaml").assertMatches(InstallManifests.defaultQueue());
        deployed("helm/mlengine/crds/mlengine.yaml").assertMatches(InstallManifests.chartDefinitions());
        deployed("helm/mlengine/templates/rbac.yaml").assertMatches(InstallManifests.chartRoles());
    }

    @Test
    void theChartMakesWhatTheManifestMakes() {
        List<HasMetadata> expected = objects(InstallManifests.yaml()).stream()
                .filter(object ->
                        !List.of("Namespace", "CustomResourceDefinition").contains(object.getKind()))
                .toList();

        List<HasMetadata> rendered = objects(CHART.render(InstallManifests.NAMESPACE));

        assertThat(rendered.stream().map(InstallManifestsTest::withoutPullPolicy))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void theEngineReadsNoSecretsOutsideItsNamespaceAndHasNoWildcards() {
        List<PolicyRule> rules = roles().filter(
                        role -> role.getMetadata().getName().equals(RbacManifests.NAME))
                .flatMap(role -> role.getRules().stream())
                .toList();

        assertThat(rules).isNotEmpty().allSatisfy(rule -> {
            assertThat(rule.getVerbs()).isNotEmpty().doesNotContain("*");
            assertThat(rule.getResources()).isNotEmpty().doesNotContain("*");
            assertThat(rule.getApiGroups()).hasSize(1).doesNotContain("*");
        });
        assertThat(rules.stream().filter(rule -> rule.getResources().contains("secrets")))
                .singleElement()
                .satisfies(rule -> assertThat(rule.getVerbs()).containsExactly("create", "delete"));
    }

    @Test
    void usersNeverWriteAStatusOrUsage() {
        assertThat(roles().filter(role -> !role.getMetadata().getName().equals(RbacManifests.NAME))
                        .flatMap(role -> role.getRules().stream())
                        .filter(rule -> rule.getVerbs().contains("update"))
                        .flatMap(rule -> rule.getResources().stream()))
                .containsExactly("mltrains", "mltrains/scale");
    }

    private static Stream<ClusterRole> roles() {
        return objects(InstallManifests.yaml()).stream()
                .filter(ClusterRole.class::isInstance)
                .map(ClusterRole.class::cast);
    }

    /** The chart's users choose it, the manifest leaves it to the server. */
    private static HasMetadata withoutPullPolicy(HasMetadata object) {
        if (object instanceof Deployment deployment) {
            deployment.getSpec().getTemplate().getSpec().getContainers().get(0).setImagePullPolicy(null);
        }
        return object;
    }

    private static List<HasMetadata> objects(String yaml) {
        List<HasMetadata> objects = new ArrayList<>();
        for (String document : yaml.split("(?m)^---\n")) {
            if (!document.isBlank()) {
                objects.add(CLIENT.unmarshal(document));
            }
        }
        return objects;
    }

    private static GoldenFile deployed(String name) {
        return GoldenFile.named("../../../../docs/deploy/" + name);
    }
}

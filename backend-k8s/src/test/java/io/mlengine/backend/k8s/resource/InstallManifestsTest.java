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
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InstallManifestsTest {
    private static final KubernetesSerialization CLIENT = new KubernetesSerialization();
    private static final HelmChart CHART = new HelmChart(Documents.root().resolve("docs/deploy/helm/mlengine"));

    @Test
    void theShippedManifestsAreTheOnesOfTheCode() {
        deployed("mlengine.yaml").assertMatches(InstallManifests.yaml(List.of()));
        deployed("crds-with-rules.yaml").assertMatches(InstallManifests.definitionsWithRules());
        deployed("default-queue.yaml").assertMatches(InstallManifests.defaultQueue());
        deployed("helm/mlengine/crds/mlengine.yaml").assertMatches(InstallManifests.chartDefinitions());
    }

    @Test
    void theChartMakesWhatTheManifestMakes() {
        deployed("helm/mlengine/templates/rbac.yaml").assertMatches(InstallManifests.chartRoles());
        SortedMap<String, String> expected = new TreeMap<>();
        objects(InstallManifests.yaml(List.of())).stream()
                .filter(object ->
                        !List.of("Namespace", "CustomResourceDefinition").contains(object.getKind()))
                .forEach(object -> expected.put(name(object), CLIENT.asYaml(object)));

        SortedMap<String, String> rendered = new TreeMap<>();
        objects(CHART.render(InstallManifests.NAMESPACE))
                .forEach(object -> rendered.put(name(object), CLIENT.asYaml(withoutPullPolicy(object))));

        assertThat(rendered.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, yaml) -> assertThat(rendered.get(name)).isEqualTo(yaml));
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
                .satisfies(rule -> assertThat(rule.getVerbs()).doesNotContain("get", "list", "watch"));
    }

    @Test
    void usersNeverWriteAStatusOrUsage() {
        assertThat(roles().filter(role -> !role.getMetadata().getName().equals(RbacManifests.NAME))
                        .flatMap(role -> role.getRules().stream())
                        .filter(rule -> rule.getVerbs().contains("update"))
                        .flatMap(rule -> rule.getResources().stream()))
                .containsExactly("mltrains", "mltrains/scale");
    }

    private static String name(HasMetadata object) {
        return object.getKind() + "/" + object.getMetadata().getName();
    }

    private static Stream<ClusterRole> roles() {
        return objects(InstallManifests.yaml(List.of())).stream()
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

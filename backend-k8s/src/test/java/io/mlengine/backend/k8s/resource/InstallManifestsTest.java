package io.mlengine.backend.k8s.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.mlengine.backend.k8s.webhook.WebhookConfigurations;
import io.mlengine.backend.k8s.webhook.WebhookSettings;
import io.mlengine.build.testing.GoldenFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InstallManifestsTest {
    private static final KubernetesSerialization CLIENT = new KubernetesSerialization();
    private static final HelmChart CHART = new HelmChart(Documents.root().resolve("docs/deploy/helm/mlengine"));

    @Test
    void theShippedManifestsAreTheOnesOfTheCode() {
        deployed("mlengine.yaml").assertMatches(InstallManifests.yaml(webhooks(InstallManifests.NAMESPACE, Map.of())));
        deployed("crds-with-rules.yaml").assertMatches(InstallManifests.definitionsWithRules());
        deployed("default-queue.yaml").assertMatches(InstallManifests.defaultQueue());
        deployed("helm/mlengine/crds/mlengine.yaml").assertMatches(InstallManifests.chartDefinitions());
    }

    private static List<HasMetadata> webhooks(String namespace, Map<String, String> annotations) {
        WebhookConfigurations configurations = new WebhookConfigurations(
                WebhookSettings.builder()
                        .namespace(namespace)
                        .service(InstallManifests.WEBHOOK_SERVICE)
                        .serverMinor(20)
                        .putAllAnnotations(annotations)
                        .build(),
                Optional.empty());
        return List.of(configurations.mutating(), configurations.validating());
    }

    private static String manifest() {
        return InstallManifests.yaml(webhooks(InstallManifests.NAMESPACE, Map.of()));
    }

    @Test
    void theChartsTemplatesAreTheOnesOfTheCode() {
        String namespace = "{{ .Release.Namespace }}";
        deployed("helm/mlengine/templates/rbac.yaml").assertMatches(InstallManifests.chartRoles());
        deployed("helm/mlengine/templates/webhooks.yaml")
                .assertMatches(InstallManifests.chartWebhooks(webhooks(
                        namespace, Map.of("cert-manager.io/inject-ca-from", namespace + "/mlengine-webhook"))));
    }

    @Test
    void theWebhooksComeLastAndTrustNobodyYet() {
        List<HasMetadata> objects = objects(manifest());

        assertThat(objects.subList(objects.size() - 2, objects.size()))
                .extracting(HasMetadata::getKind)
                .containsExactly("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration");
        // Whoever applies the manifest again would else take the operator's bundle away.
        assertThat(manifest()).doesNotContain("caBundle");
    }

    @Test
    void aChartWithoutWebhooksTellsTheOperatorSo() {
        List<HasMetadata> objects =
                objects(CHART.with("webhooks.enabled", "false").render(InstallManifests.NAMESPACE));

        assertThat(objects).extracting(HasMetadata::getKind).noneMatch(kind -> kind.endsWith("WebhookConfiguration"));
        assertThat(arguments(objects)).contains("--no-webhooks");
    }

    @Test
    void certManagerKeepsTheCertificatesIfAsked() {
        String rendered = CHART.with("webhooks.certManager.enabled", "true").render("elsewhere");
        List<HasMetadata> objects = objects(rendered);

        assertThat(objects)
                .filteredOn(object -> object.getKind().endsWith("WebhookConfiguration"))
                .hasSize(2)
                .allSatisfy(object -> assertThat(object.getMetadata().getAnnotations())
                        .containsEntry("cert-manager.io/inject-ca-from", "elsewhere/mlengine-webhook"));
        assertThat(objects).extracting(HasMetadata::getKind).contains("Issuer", "Certificate");
        assertThat(rendered).contains("- mlengine-webhook.elsewhere.svc\n", "secretName: mlengine-webhook-certificate");
        assertThat(arguments(objects)).contains("--webhook-certificates=/certificates");
        Deployment deployment = deployment(objects);
        assertThat(deployment.getSpec().getTemplate().getSpec().getVolumes())
                .anySatisfy(volume -> assertThat(
                                volume.getSecret() == null
                                        ? ""
                                        : volume.getSecret().getSecretName())
                        .isEqualTo("mlengine-webhook-certificate"));
    }

    @Test
    void theOperatorRunsWithoutPrivilegeAndWritesNothing() {
        PodSpec pod = deployment(objects(manifest())).getSpec().getTemplate().getSpec();
        Container container = pod.getContainers().get(0);

        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getRunAsUser()).isEqualTo(65_532);
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container.getSecurityContext().getPrivileged()).isNull();
        assertThat(container.getVolumeMounts())
                .extracting(VolumeMount::getMountPath)
                .containsExactly("/tmp");
        assertThat(pod.getHostNetwork()).isNull();
        assertThat(pod.getVolumes()).noneMatch(volume -> volume.getHostPath() != null);
    }

    @Test
    void theChartNamesTheImageOfGitSyncIfAsked() {
        assertThat(arguments(objects(CHART.render("any")))).containsExactly("operator", "--log-format=json");
        assertThat(arguments(objects(CHART.with("gitSyncImage", "git-sync:v4").render("any"))))
                .contains("--git-sync-image=git-sync:v4");
    }

    private static Deployment deployment(List<HasMetadata> objects) {
        return objects.stream()
                .filter(Deployment.class::isInstance)
                .map(Deployment.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static List<String> arguments(List<HasMetadata> objects) {
        return deployment(objects)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getArgs();
    }

    @Test
    void theChartMakesWhatTheManifestMakes() {
        SortedMap<String, String> expected = new TreeMap<>();
        objects(manifest()).stream()
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
        return objects(manifest()).stream()
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

package io.mlengine.backend.k8s.resource;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.mlengine.core.queue.QueueConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Everything that installs the engine in a cluster. Works on servers from 1.20 on; there is no PodDisruptionBudget in
 * it, because no version of that kind is served by all of them.
 */
public final class InstallManifests {
    /** The engine's own namespace. */
    public static final String NAMESPACE = "mlengine-system";

    /** Service that the API server calls webhooks by; its port is 443. */
    public static final String WEBHOOK_SERVICE = "mlengine-webhook";

    /** Port of the container that serves webhooks. */
    public static final int WEBHOOK_PORT = 9443;

    /** Port of the container that serves {@code /healthz}, {@code /readyz} and {@code /metrics}. */
    public static final int HEALTH_PORT = 8080;

    /** The image; users push it to a registry of theirs. */
    public static final String IMAGE = "mlengine/operator:0.1.0";

    private static final SortedMap<String, String> SELECTOR =
            new TreeMap<>(Map.of("app.kubernetes.io/name", Labels.MANAGER, "app.kubernetes.io/component", "operator"));
    private static final Pattern CERT_MANAGER = Pattern.compile("  annotations:\n    cert-manager\\.io/.*\n");
    private static final long NOBODY = 65_532;

    private InstallManifests() {}

    /**
     * The manifest for {@code kubectl apply}.
     *
     * @param webhooks the webhook configurations, which come last: they take effect at once, on the engine's own kinds
     *     before the operator answers
     * @return YAML
     */
    public static String yaml(List<? extends HasMetadata> webhooks) {
        List<HasMetadata> objects = new ArrayList<>();
        objects.add(namespace());
        objects.addAll(CrdManifests.all(false));
        objects.addAll(RbacManifests.engine(NAMESPACE));
        objects.addAll(RbacManifests.users());
        objects.add(webhookService(NAMESPACE));
        objects.add(deployment(NAMESPACE, IMAGE));
        objects.addAll(webhooks);
        return ManifestYaml.of(objects);
    }

    /**
     * The definitions with the rules that servers from 1.25 on check, to be applied over those of {@link #yaml}.
     *
     * @return YAML
     */
    public static String definitionsWithRules() {
        return ManifestYaml.of(CrdManifests.all(true));
    }

    /**
     * A queue without limits for those who name none. It stands alone: as long as no queue exists, all names are taken,
     * and kubectl cannot apply an object together with its definition.
     *
     * @return YAML
     */
    public static String defaultQueue() {
        return ManifestYaml.of(
                List.of(MLQueues.resource(QueueConfig.named("default").build())));
    }

    /**
     * The account and roles as a template of the Helm chart, which installs into any namespace.
     *
     * @return YAML
     */
    public static String chartRoles() {
        List<HasMetadata> objects = new ArrayList<>(RbacManifests.engine("{{ .Release.Namespace }}"));
        objects.addAll(RbacManifests.users());
        return ManifestYaml.of(objects);
    }

    /**
     * The webhook configurations as a template of the Helm chart, which has them behind a value, and leaves it to another
     * one who keeps the certificates.
     *
     * @param webhooks the configurations, with the annotation {@code cert-manager.io/inject-ca-from}
     * @return YAML with Helm's conditions
     */
    public static String chartWebhooks(List<? extends HasMetadata> webhooks) {
        String guarded = CERT_MANAGER
                .matcher(ManifestYaml.of(webhooks))
                .replaceAll("  {{- if .Values.webhooks.certManager.enabled }}\n$0  {{- end }}\n");
        return "{{- if .Values.webhooks.enabled }}\n" + guarded + "{{- end }}\n";
    }

    /**
     * The definitions of the Helm chart.
     *
     * @return YAML
     */
    public static String chartDefinitions() {
        return ManifestYaml.of(CrdManifests.all(false));
    }

    private static Namespace namespace() {
        return new NamespaceBuilder()
                .withNewMetadata()
                .withName(NAMESPACE)
                .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
                .addToLabels(Labels.INJECTION, "disabled")
                .endMetadata()
                .build();
    }

    static Service webhookService(String namespace) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withName(WEBHOOK_SERVICE)
                .withNamespace(namespace)
                .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
                .endMetadata()
                .withNewSpec()
                .withSelector(SELECTOR)
                .addNewPort()
                .withName("webhook")
                .withPort(443)
                .withNewTargetPort("webhook")
                .endPort()
                .endSpec()
                .build();
    }

    static Deployment deployment(String namespace, String image) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName(Labels.MANAGER)
                .withNamespace(namespace)
                .addToLabels(SELECTOR)
                .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
                .endMetadata()
                .withNewSpec()
                .withReplicas(2)
                .withNewSelector()
                .withMatchLabels(SELECTOR)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels(SELECTOR)
                .endMetadata()
                .withNewSpec()
                .withServiceAccountName(RbacManifests.NAME)
                .withTerminationGracePeriodSeconds(30L)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(NOBODY)
                .withRunAsGroup(NOBODY)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .withContainers(container(image))
                .addNewVolume()
                .withName("tmp")
                .withNewEmptyDir()
                .endEmptyDir()
                .endVolume()
                // Two replicas on one node are no help when it is lost.
                .withNewAffinity()
                .withNewPodAntiAffinity()
                .addNewPreferredDuringSchedulingIgnoredDuringExecution()
                .withWeight(100)
                .withNewPodAffinityTerm()
                .withTopologyKey("kubernetes.io/hostname")
                .withNewLabelSelector()
                .withMatchLabels(SELECTOR)
                .endLabelSelector()
                .endPodAffinityTerm()
                .endPreferredDuringSchedulingIgnoredDuringExecution()
                .endPodAntiAffinity()
                .endAffinity()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static Container container(String image) {
        return new ContainerBuilder()
                .withName("operator")
                .withImage(image)
                .withArgs("operator", "--log-format=json")
                .addNewEnv()
                .withName("POD_NAME")
                .withNewValueFrom()
                .withNewFieldRef("v1", "metadata.name")
                .endValueFrom()
                .endEnv()
                .addNewEnv()
                .withName("POD_NAMESPACE")
                .withNewValueFrom()
                .withNewFieldRef("v1", "metadata.namespace")
                .endValueFrom()
                .endEnv()
                .addNewPort()
                .withName("webhook")
                .withContainerPort(WEBHOOK_PORT)
                .endPort()
                .addNewPort()
                .withName("health")
                .withContainerPort(HEALTH_PORT)
                .endPort()
                .withLivenessProbe(probe("/healthz", 20))
                .withReadinessProbe(probe("/readyz", 5))
                .withNewResources()
                .addToRequests("cpu", new Quantity("200m"))
                .addToRequests("memory", new Quantity("512Mi"))
                .addToLimits("memory", new Quantity("2Gi"))
                .endResources()
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .addNewVolumeMount()
                .withName("tmp")
                .withMountPath("/tmp")
                .endVolumeMount()
                .build();
    }

    private static Probe probe(String path, int seconds) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath(path)
                .withNewPort("health")
                .endHttpGet()
                .withPeriodSeconds(seconds)
                .withTimeoutSeconds(3)
                .build();
    }
}

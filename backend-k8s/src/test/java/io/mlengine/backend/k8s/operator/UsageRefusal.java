package io.mlengine.backend.k8s.operator;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLUsageResource;
import io.mlengine.backend.k8s.resource.MLUsageSpec;
import io.mlengine.backend.k8s.testing.Await;

/** Until it is closed the API server answers everybody who makes an MLUsage object in a namespace with an internal error. */
final class UsageRefusal implements AutoCloseable {
    private static final String LABEL = "usage-refused";
    private static final int INTERNAL_ERROR = 500;

    private final KubernetesClient client;
    private final ValidatingWebhookConfiguration webhook;

    private UsageRefusal(KubernetesClient client, ValidatingWebhookConfiguration webhook) {
        this.client = client;
        this.webhook = webhook;
    }

    /** Returns once it works. */
    static UsageRefusal in(String namespace, KubernetesClient client) {
        client.namespaces()
                .withName(namespace)
                .edit(known -> new NamespaceBuilder(known)
                        .editMetadata()
                        .addToLabels(LABEL, namespace)
                        .endMetadata()
                        .build());
        ValidatingWebhookConfiguration webhook = client.resource(new ValidatingWebhookConfigurationBuilder()
                        .withNewMetadata()
                        .withName("usage-refused-in-" + namespace)
                        .endMetadata()
                        .addNewWebhook()
                        .withName("nobody.listens.here")
                        .withAdmissionReviewVersions("v1")
                        .withSideEffects("None")
                        .withFailurePolicy("Fail")
                        .withTimeoutSeconds(1)
                        .withNewNamespaceSelector()
                        .addToMatchLabels(LABEL, namespace)
                        .endNamespaceSelector()
                        .withNewClientConfig()
                        .withUrl("https://127.0.0.1:1/")
                        .endClientConfig()
                        .addNewRule()
                        .withApiGroups(Labels.GROUP)
                        .withApiVersions(Labels.VERSION)
                        .withOperations("CREATE")
                        .withResources("mlusages")
                        .endRule()
                        .endWebhook()
                        .build())
                .create();
        UsageRefusal refusal = new UsageRefusal(client, webhook);
        Await.until("usage is refused", () -> refusal.works(namespace));
        return refusal;
    }

    private boolean works(String namespace) {
        MLUsageResource probe = new MLUsageResource();
        probe.setMetadata(new ObjectMetaBuilder()
                .withNamespace(namespace)
                .withName("probe")
                .build());
        probe.setSpec(MLUsageSpec.builder().attempt(1).build());
        try {
            client.resource(probe).dryRun(true).create();
            return false;
        } catch (KubernetesClientException e) {
            return e.getCode() == INTERNAL_ERROR;
        }
    }

    @Override
    public void close() {
        client.resource(webhook).delete();
    }
}

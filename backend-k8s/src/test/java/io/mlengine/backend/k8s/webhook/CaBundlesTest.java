package io.mlengine.backend.k8s.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.mlengine.backend.k8s.webhook.CaBundles.Hook;
import java.util.List;
import org.junit.jupiter.api.Test;

class CaBundlesTest {
    private static final List<Hook> HOOKS = List.of(
            new Hook("a.mlengine.io", "old"), new Hook("b.example.org", "theirs"), new Hook("c.mlengine.io", "new"));

    @Test
    void onlyWrongBundlesOfOurWebhooksAreSet() {
        assertThat(CaBundles.patch(configuration("mlengine", ""), HOOKS, "new"))
                .hasToString("[{\"op\":\"test\",\"path\":\"/webhooks/0/name\",\"value\":\"a.mlengine.io\"},"
                        + "{\"op\":\"add\",\"path\":\"/webhooks/0/clientConfig/caBundle\",\"value\":\"new\"}]");
    }

    @Test
    void configurationsOfOthersAreLeftAlone() {
        assertThat(CaBundles.patch(configuration("helm", ""), HOOKS, "new")).isEmpty();
    }

    @Test
    void whatCertManagerKeepsIsLeftAlone() {
        assertThat(CaBundles.patch(configuration("mlengine", "cert-manager.io/inject-ca-from"), HOOKS, "new"))
                .isEmpty();
    }

    private static ValidatingWebhookConfiguration configuration(String manager, String annotation) {
        ValidatingWebhookConfigurationBuilder builder = new ValidatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName("mlengine")
                .addToLabels("app.kubernetes.io/managed-by", manager)
                .endMetadata();
        return annotation.isEmpty()
                ? builder.build()
                : builder.editMetadata()
                        .addToAnnotations(annotation, "x")
                        .endMetadata()
                        .build();
    }
}

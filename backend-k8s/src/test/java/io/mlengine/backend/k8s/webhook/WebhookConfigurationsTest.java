package io.mlengine.backend.k8s.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WebhookConfigurationsTest {
    private static WebhookSettings.Builder settings(int minor) {
        return WebhookSettings.builder().namespace("mlengine-system").serverMinor(minor);
    }

    private static WebhookConfigurations of(WebhookSettings settings) {
        return new WebhookConfigurations(settings, Optional.of("PEM"));
    }

    @Test
    void onlyOurOwnKindIsRefusedWhileTheServerIsDown() {
        MutatingWebhookConfiguration mutating = of(settings(20).build()).mutating();
        List<ValidatingWebhook> validating =
                of(settings(20).build()).validating().getWebhooks();

        assertThat(validating)
                .extracting(hook -> hook.getFailurePolicy() + " "
                        + hook.getRules().get(0).getApiGroups()
                        + hook.getRules().get(0).getResources()
                        + hook.getRules().get(0).getOperations())
                .containsExactly(
                        "Fail [mlengine.io][mltrains][CREATE, UPDATE]",
                        "Fail [mlengine.io][mltrains/scale][UPDATE]",
                        "Fail [mlengine.io][mlqueues][CREATE, UPDATE, DELETE]");
        for (MutatingWebhook hook : mutating.getWebhooks()) {
            boolean isOurs = hook.getRules().get(0).getApiGroups().equals(List.of("mlengine.io"));
            assertThat(hook.getFailurePolicy()).isEqualTo(isOurs ? "Fail" : "Ignore");
            assertThat(hook.getObjectSelector() == null).isEqualTo(isOurs);
        }
    }

    @Test
    void podsAreMatchedByOurLabelOutsideSystemNamespaces() {
        MutatingWebhook old = pods(20);
        MutatingWebhook named = pods(21);
        MutatingWebhook young = pods(28);

        assertThat(old.getObjectSelector().getMatchLabels())
                .containsExactlyEntriesOf(new TreeMap<>(java.util.Map.of("mlengine.io/inject", "true")));
        assertThat(keys(old)).containsExactly("mlengine.io/injection");
        assertThat(keys(named)).containsExactly("mlengine.io/injection", "kubernetes.io/metadata.name");
        assertThat(named.getNamespaceSelector().getMatchExpressions().get(1).getValues())
                .containsExactly("kube-system", "mlengine-system");
        assertThat(named.getMatchConditions()).isEmpty();
        assertThat(young.getMatchConditions())
                .singleElement()
                .satisfies(condition -> assertThat(condition.getExpression())
                        .isEqualTo("!(request.namespace in ['kube-system', 'mlengine-system'])"));
    }

    @Test
    void allAreFreeOfSideEffectsAndQuick() {
        for (ValidatingWebhook hook : of(settings(30).build()).validating().getWebhooks()) {
            assertThat(hook.getSideEffects()).isEqualTo("None");
            assertThat(hook.getTimeoutSeconds()).isEqualTo(10);
            assertThat(hook.getMatchPolicy()).isEqualTo("Equivalent");
            assertThat(hook.getName()).endsWith(WebhookConfigurations.SUFFIX);
        }
        for (MutatingWebhook hook : of(settings(30).build()).mutating().getWebhooks()) {
            assertThat(hook.getSideEffects()).isEqualTo("None");
            assertThat(hook.getReinvocationPolicy()).isEqualTo("IfNeeded");
            assertThat(hook.getTimeoutSeconds()).isEqualTo(10);
            assertThat(hook.getName()).endsWith(WebhookConfigurations.SUFFIX);
        }
    }

    @Test
    void theServerIsReachedThroughItsServiceOrOutside() {
        WebhookClientConfig inside = pods(settings(20).build()).getClientConfig();
        WebhookClientConfig outside =
                pods(settings(20).outsideHost("127.0.0.1").port(9443).build()).getClientConfig();

        assertThat(inside.getUrl()).isNull();
        assertThat(inside.getService().getName()).isEqualTo("mlengine-webhook");
        assertThat(inside.getService().getPath()).isEqualTo("/mutate-pod");
        assertThat(inside.getCaBundle()).isEqualTo("UEVN");
        assertThat(outside.getUrl()).isEqualTo("https://127.0.0.1:9443/mutate-pod");
        assertThat(outside.getService()).isNull();
        assertThat(pods(settings(20)
                                .outsideHost("hooks.example.com")
                                .outsidePort(443)
                                .port(9443)
                                .build())
                        .getClientConfig()
                        .getUrl())
                .isEqualTo("https://hooks.example.com:443/mutate-pod");
    }

    @Test
    void somebodyElseMaySetTheBundle() {
        WebhookSettings settings = settings(20)
                .putAnnotation("cert-manager.io/inject-ca-from", "mlengine-system/webhook")
                .build();
        MutatingWebhookConfiguration mutating = new WebhookConfigurations(settings, Optional.empty()).mutating();

        assertThat(mutating.getMetadata().getAnnotations()).hasSize(1);
        assertThat(Serialization.asYaml(mutating)).doesNotContain("caBundle");
    }

    private static MutatingWebhook pods(int minor) {
        return pods(settings(minor).build());
    }

    private static MutatingWebhook pods(WebhookSettings settings) {
        return of(settings).mutating().getWebhooks().get(1);
    }

    private static List<String> keys(MutatingWebhook hook) {
        return hook.getNamespaceSelector().getMatchExpressions().stream()
                .map(LabelSelectorRequirement::getKey)
                .toList();
    }
}

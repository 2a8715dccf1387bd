package io.mlengine.backend.k8s.webhook;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MatchCondition;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.RuleWithOperations;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.RuleWithOperationsBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfigBuilder;
import io.mlengine.backend.k8s.resource.Labels;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The objects that register the webhooks. Our own kind is refused while the server is down ({@code Fail}); pods are
 * asked about only when they carry our label, and are stored unchanged while it is down ({@code Ignore}).
 */
public final class WebhookConfigurations {
    /** Path that validates {@code MLTrain}s. */
    public static final String VALIDATE_MLTRAIN = "/validate-mltrain";

    /** Path that validates new sizes of {@code MLTrain}s. */
    public static final String VALIDATE_SCALE = "/validate-scale";

    /** Path that validates {@code MLQueue}s. */
    public static final String VALIDATE_MLQUEUE = "/validate-mlqueue";

    /** Path that completes {@code MLTrain}s. */
    public static final String MUTATE_MLTRAIN = "/mutate-mltrain";

    /** Path that decorates pods. */
    public static final String MUTATE_POD = "/mutate-pod";

    /**
     * Label of a namespace whose pods are never decorated, with the value {@code disabled}. Servers before 1.21 do not
     * label namespaces with their names, so there the manifest puts it on the operator's own namespace.
     */
    public static final String NAMESPACE_LABEL = Labels.INJECTION;

    /** What the names of all our webhooks end in. */
    static final String SUFFIX = ".mlengine.io";

    /** Namespace of the cluster's own components. */
    static final String KUBE_SYSTEM = "kube-system";

    private static final int FIRST_WITH_NAMESPACE_NAMES = 21;
    private static final int FIRST_WITH_MATCH_CONDITIONS = 28;
    private static final int TIMEOUT_SECONDS = 10;
    private static final List<String> REVIEWS = List.of("v1");

    private final WebhookSettings settings;
    private final Optional<String> bundle;

    /**
     * Makes a builder of configurations.
     *
     * @param settings how the API server reaches the webhooks
     * @param bundle what the API server must trust, as PEM; empty to have it set later, by the operator or by cert-manager
     */
    public WebhookConfigurations(WebhookSettings settings, Optional<String> bundle) {
        this.settings = settings;
        this.bundle = bundle;
    }

    /**
     * The validating webhooks.
     *
     * @return an object to be applied
     */
    public ValidatingWebhookConfiguration validating() {
        return new ValidatingWebhookConfigurationBuilder()
                .withMetadata(metadata())
                .withWebhooks(
                        validates("validate-mltrain", VALIDATE_MLTRAIN, trainRule()),
                        validates("validate-scale", VALIDATE_SCALE, ourRule("mltrains/scale", "Namespaced", "UPDATE")),
                        // A deletion too: the limits of a parent hold for the queues below it.
                        validates(
                                "validate-mlqueue",
                                VALIDATE_MLQUEUE,
                                ourRule("mlqueues", "Cluster", "CREATE", "UPDATE", "DELETE")))
                .build();
    }

    private ValidatingWebhook validates(String name, String path, RuleWithOperations rule) {
        return new ValidatingWebhookBuilder()
                .withName(name + SUFFIX)
                .withClientConfig(client(path))
                .withRules(rule)
                .withFailurePolicy("Fail")
                .withMatchPolicy("Equivalent")
                .withSideEffects("None")
                .withTimeoutSeconds(TIMEOUT_SECONDS)
                .withAdmissionReviewVersions(REVIEWS)
                .build();
    }

    /**
     * The mutating webhooks.
     *
     * @return an object to be applied
     */
    public MutatingWebhookConfiguration mutating() {
        return new MutatingWebhookConfigurationBuilder()
                .withMetadata(metadata())
                .withWebhooks(completesTrains(), decoratesPods())
                .build();
    }

    private MutatingWebhook completesTrains() {
        return new MutatingWebhookBuilder()
                .withName("mutate-mltrain" + SUFFIX)
                .withClientConfig(client(MUTATE_MLTRAIN))
                .withRules(trainRule())
                .withFailurePolicy("Fail")
                .withMatchPolicy("Equivalent")
                .withSideEffects("None")
                .withReinvocationPolicy("IfNeeded")
                .withTimeoutSeconds(TIMEOUT_SECONDS)
                .withAdmissionReviewVersions(REVIEWS)
                .build();
    }

    private MutatingWebhook decoratesPods() {
        MutatingWebhookBuilder builder = new MutatingWebhookBuilder()
                .withName("decorate-pod" + SUFFIX)
                .withClientConfig(client(MUTATE_POD))
                .withRules(podRule())
                .withObjectSelector(new LabelSelectorBuilder()
                        .addToMatchLabels(PodAnnotations.INJECT, PodAnnotations.INJECT_VALUE)
                        .build())
                .withNamespaceSelector(namespaces())
                .withFailurePolicy("Ignore")
                .withMatchPolicy("Equivalent")
                .withSideEffects("None")
                .withReinvocationPolicy("IfNeeded")
                .withTimeoutSeconds(TIMEOUT_SECONDS)
                .withAdmissionReviewVersions(REVIEWS);
        if (settings.serverMinor() >= FIRST_WITH_MATCH_CONDITIONS) {
            String expression = "!(request.namespace in ['" + KUBE_SYSTEM + "', '" + settings.namespace() + "'])";
            builder.withMatchConditions(new MatchCondition(expression, "not-a-system-namespace"));
        }
        return builder.build();
    }

    private LabelSelector namespaces() {
        LabelSelectorBuilder builder = new LabelSelectorBuilder()
                .addNewMatchExpression()
                .withKey(NAMESPACE_LABEL)
                .withOperator("NotIn")
                .withValues("disabled")
                .endMatchExpression();
        if (settings.serverMinor() >= FIRST_WITH_NAMESPACE_NAMES) {
            builder.addNewMatchExpression()
                    .withKey("kubernetes.io/metadata.name")
                    .withOperator("NotIn")
                    .withValues(KUBE_SYSTEM, settings.namespace())
                    .endMatchExpression();
        }
        return builder.build();
    }

    private static RuleWithOperations trainRule() {
        return ourRule("mltrains", "Namespaced", "CREATE", "UPDATE");
    }

    private static RuleWithOperations ourRule(String resource, String scope, String... operations) {
        return new RuleWithOperationsBuilder()
                .withApiGroups(Labels.GROUP)
                .withApiVersions(Labels.VERSION)
                .withResources(resource)
                .withOperations(operations)
                .withScope(scope)
                .build();
    }

    private static RuleWithOperations podRule() {
        return new RuleWithOperationsBuilder()
                .withApiGroups("")
                .withApiVersions("v1")
                .withResources("pods")
                .withOperations("CREATE")
                .withScope("Namespaced")
                .build();
    }

    private WebhookClientConfig client(String path) {
        WebhookClientConfigBuilder builder = new WebhookClientConfigBuilder();
        bundle.ifPresent(
                pem -> builder.withCaBundle(Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8))));
        settings.outsideHost()
                .ifPresentOrElse(
                        host -> builder.withUrl(
                                "https://" + host + ":" + settings.outsidePort().orElse(settings.port()) + path),
                        () -> builder.withNewService()
                                .withNamespace(settings.namespace())
                                .withName(settings.service())
                                .withPort(settings.servicePort())
                                .withPath(path)
                                .endService());
        return builder.build();
    }

    private ObjectMeta metadata() {
        return new ObjectMetaBuilder()
                .withName(settings.configuration())
                .addToLabels(Labels.MANAGED_BY, Labels.MANAGER)
                .withAnnotations(settings.annotations().isEmpty() ? null : settings.annotations())
                .build();
    }
}

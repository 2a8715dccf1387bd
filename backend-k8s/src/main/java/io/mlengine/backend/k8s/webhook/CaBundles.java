package io.mlengine.backend.k8s.webhook;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mlengine.backend.k8s.resource.Labels;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what the API server must trust right in our own webhook configurations: set when it changes, and repaired when
 * somebody else has changed it. Touches nothing but {@code caBundle} of our webhooks in configurations of our name and
 * label, and leaves those alone that cert-manager keeps. It looks again and again instead of watching, which needs fewer
 * rights and cannot stop unnoticed.
 */
final class CaBundles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CaBundles.class);
    private static final String CERT_MANAGER = "cert-manager.io/inject-";

    private final List<Kept<?>> kept;
    private final ScheduledFuture<?> checks;
    private final Map<String, String> troubles = new ConcurrentSkipListMap<>();
    private volatile String wanted = "";

    /**
     * Begins to look; nothing is written before {@link #publish}.
     *
     * @param client may get and patch the two configurations
     * @param configuration name of both
     * @param timer does the repairs
     * @param checkEvery the time between two looks
     */
    CaBundles(KubernetesClient client, String configuration, ScheduledExecutorService timer, Duration checkEvery) {
        var registration = client.admissionRegistration().v1();
        this.kept = List.of(
                new Kept<>(
                        "ValidatingWebhookConfiguration",
                        registration.validatingWebhookConfigurations().withName(configuration),
                        CaBundles::validatingHooks),
                new Kept<>(
                        "MutatingWebhookConfiguration",
                        registration.mutatingWebhookConfigurations().withName(configuration),
                        CaBundles::mutatingHooks));
        long millis = checkEvery.toMillis();
        this.checks = timer.scheduleWithFixedDelay(this::repair, millis, millis, TimeUnit.MILLISECONDS);
    }

    /**
     * Sets the bundle. What cannot be written now is tried again until it is.
     *
     * @param pem the authorities to trust
     */
    void publish(String pem) {
        wanted = Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8));
        repair();
    }

    private void repair() {
        String now = wanted;
        if (!now.isEmpty()) {
            kept.forEach(one -> one.repair(now, this::looked));
        }
    }

    private void looked(String kind, String trouble) {
        troubles.put(kind, trouble);
    }

    /** Where the API server has refused to trust us; empty when nowhere. A server that is away is no trouble of ours. */
    String trouble() {
        return troubles.values().stream().filter(one -> !one.isEmpty()).collect(Collectors.joining("; "));
    }

    @Override
    public void close() {
        checks.cancel(false);
    }

    private static List<Hook> validatingHooks(ValidatingWebhookConfiguration configuration) {
        return configuration.getWebhooks().stream()
                .map(hook -> Hook.of(hook.getName(), hook.getClientConfig()))
                .toList();
    }

    private static List<Hook> mutatingHooks(MutatingWebhookConfiguration configuration) {
        return configuration.getWebhooks().stream()
                .map(hook -> Hook.of(hook.getName(), hook.getClientConfig()))
                .toList();
    }

    /**
     * A webhook of a configuration.
     *
     * @param name its name
     * @param bundle what it trusts, in base 64, or empty
     */
    record Hook(String name, String bundle) {
        static Hook of(String name, @Nullable WebhookClientConfig client) {
            return new Hook(
                    name,
                    Optional.ofNullable(client)
                            .map(WebhookClientConfig::getCaBundle)
                            .orElse(""));
        }
    }

    /** A JSON patch that sets the bundle where it is wrong; it fails when the list was changed in between. */
    static ArrayNode patch(HasMetadata configuration, List<Hook> hooks, String wanted) {
        ArrayNode patch = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; isOurs(configuration) && i < hooks.size(); i++) {
            Hook hook = hooks.get(i);
            if (hook.name().endsWith(WebhookConfigurations.SUFFIX)
                    && !hook.bundle().equals(wanted)) {
                String at = "/webhooks/" + i;
                patch.addObject().put("op", "test").put("path", at + "/name").put("value", hook.name());
                patch.addObject()
                        .put("op", "add")
                        .put("path", at + "/clientConfig/caBundle")
                        .put("value", wanted);
            }
        }
        return patch;
    }

    private static boolean isOurs(HasMetadata configuration) {
        Map<String, String> labels = configuration.getMetadata().getLabels();
        Map<String, String> annotations = configuration.getMetadata().getAnnotations();
        return labels != null
                && Labels.MANAGER.equals(labels.get(Labels.MANAGED_BY))
                && (annotations == null
                        || annotations.keySet().stream().noneMatch(key -> key.startsWith(CERT_MANAGER)));
    }

    /**
     * One configuration.
     *
     * @param kind its kind
     * @param resource where it is
     * @param hooks reads its webhooks
     */
    private record Kept<T extends HasMetadata>(String kind, Resource<T> resource, Function<T, List<Hook>> hooks) {
        void repair(String wanted, BiConsumer<String, String> looked) {
            try {
                T configuration = resource.get();
                if (configuration == null) {
                    looked.accept(kind, "");
                    return;
                }
                ArrayNode patch = patch(configuration, hooks.apply(configuration), wanted);
                if (!patch.isEmpty()) {
                    resource.patch(PatchContext.of(PatchType.JSON), patch.toString());
                    LOG.info(
                            "webhook bundle set kind={} name={}",
                            kind,
                            configuration.getMetadata().getName());
                }
                looked.accept(kind, "");
            } catch (RuntimeException e) {
                if (e instanceof KubernetesClientException refusal && refusal.getCode() / 100 == 4) {
                    looked.accept(kind, kind + " could not be read or changed: status " + refusal.getCode());
                }
                LOG.warn("webhook bundle could not be set, it is tried again", e);
            }
        }
    }
}

package io.mlengine.backend.k8s.webhook;

import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ServiceReference;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mlengine.backend.k8s.cluster.ExactDeletion;
import io.mlengine.backend.k8s.resource.ApiPaths;
import io.mlengine.backend.k8s.resource.Labels;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the API server to ask our webhooks, and not to ask them any more. Blocks. */
final class Registration {
    private static final Logger LOG = LoggerFactory.getLogger(Registration.class);
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(Labels.MANAGER)
            .withForce(true)
            .build();
    private static final int TRIES = 5;

    private final KubernetesClient client;

    Registration(KubernetesClient client) {
        this.client = client;
    }

    /** @throws IllegalStateException when a service is registered, as a manifest does, and a URL is wanted */
    void checkFree(WebhookConfigurations wanted) {
        check(wanted.mutating(), Registration::mutating);
        check(wanted.validating(), Registration::validating);
    }

    void apply(WebhookConfigurations wanted) {
        for (HasMetadata configuration : List.of(wanted.mutating(), wanted.validating())) {
            client.resource(configuration).patch(APPLY);
        }
    }

    /** A service and a URL do not go together, and whoever registered the service still answers for it. */
    private <T extends HasMetadata> void check(T wanted, Function<T, List<WebhookClientConfig>> targets) {
        T registered = client.resource(wanted).get();
        if (registered == null) {
            return;
        }
        for (WebhookClientConfig target : targets.apply(registered)) {
            ServiceReference service = target.getService();
            if (service != null && targets.apply(wanted).stream().anyMatch(own -> own.getService() == null)) {
                throw new IllegalStateException(String.format(
                        "%s %s sends the API server to the service %s/%s. Maybe a manifest or chart has installed a controller"
                                + " in the cluster: give this one no webhooks, or end that one and run `kubectl delete"
                                + " mutatingwebhookconfiguration,validatingwebhookconfiguration %2$s`",
                        wanted.getKind(), wanted.getMetadata().getName(), service.getNamespace(), service.getName()));
            }
        }
    }

    /** Removes what still sends the API server to us; what others have registered under the same name stays. */
    void remove(WebhookConfigurations ours) {
        remove(ours.mutating(), Registration::mutating);
        remove(ours.validating(), Registration::validating);
    }

    private <T extends HasMetadata> void remove(T ours, Function<T, List<WebhookClientConfig>> targets) {
        String name = ours.getMetadata().getName();
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            T registered = client.resource(ours).get();
            if (registered == null) {
                return;
            }
            if (!targets.apply(registered).equals(targets.apply(ours))) {
                LOG.info("others have registered their webhooks, which stay: kind={} name={}", ours.getKind(), name);
                return;
            }
            // Its bundle may be renewed, and others may register, in this very moment.
            DeleteOptionsBuilder unchanged = new DeleteOptionsBuilder()
                    .withNewPreconditions()
                    .withResourceVersion(registered.getMetadata().getResourceVersion())
                    .endPreconditions();
            String path = ApiPaths.ofCluster(ours.getApiVersion(), ours.getPlural()) + "/" + name;
            if (ExactDeletion.ask(client, path, registered.getMetadata().getUid(), unchanged)) {
                return;
            }
        }
        throw new IllegalStateException(ours.getKind() + " " + name + " changes faster than it can be removed");
    }

    private static List<WebhookClientConfig> mutating(MutatingWebhookConfiguration configuration) {
        return configuration.getWebhooks().stream()
                .map(hook -> target(hook.getClientConfig()))
                .toList();
    }

    private static List<WebhookClientConfig> validating(ValidatingWebhookConfiguration configuration) {
        return configuration.getWebhooks().stream()
                .map(hook -> target(hook.getClientConfig()))
                .toList();
    }

    /** Whom the API server asks, however it trusts him. */
    private static WebhookClientConfig target(WebhookClientConfig config) {
        return new WebhookClientConfigBuilder(config).withCaBundle(null).build();
    }
}

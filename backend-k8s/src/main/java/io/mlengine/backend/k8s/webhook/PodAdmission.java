package io.mlengine.backend.k8s.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.zjsonpatch.JsonDiff;
import java.util.Set;

/**
 * Decorates pods that ask for it, and never refuses one. The API server sends only such pods, but a registration can be
 * changed by hand, so label and namespace are looked at again.
 */
final class PodAdmission implements Admitter {
    private final PodDecorator decorator;
    private final Set<String> excluded;

    /**
     * Makes the admission.
     *
     * @param decorator decorates the pods
     * @param ownNamespace namespace of the operator, left alone as kube-system is
     */
    PodAdmission(PodDecorator decorator, String ownNamespace) {
        this.decorator = decorator;
        this.excluded = Set.of(ownNamespace, WebhookConfigurations.KUBE_SYSTEM);
    }

    @Override
    public Verdict admit(Review review) {
        if (review.operation() != Review.Operation.CREATE || excluded.contains(review.namespace())) {
            return Verdict.ALLOWED;
        }
        return review.object()
                .filter(ObjectNode.class::isInstance)
                .map(ObjectNode.class::cast)
                .filter(PodAdmission::asks)
                .map(this::decorated)
                .orElse(Verdict.ALLOWED);
    }

    private Verdict decorated(ObjectNode pod) {
        PodDecorator.Decorated decorated = decorator.decorate(pod);
        JsonNode patch = JsonDiff.asJson(pod, decorated.pod());
        return Verdict.patched((ArrayNode) patch).withWarnings(decorated.warnings());
    }

    private static boolean asks(ObjectNode pod) {
        return PodAnnotations.INJECT_VALUE.equals(
                pod.at("/metadata/labels").path(PodAnnotations.INJECT).asText());
    }
}

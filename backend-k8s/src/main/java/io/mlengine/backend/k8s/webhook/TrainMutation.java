package io.mlengine.backend.k8s.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.zjsonpatch.JsonDiff;
import io.mlengine.backend.k8s.resource.Labels;
import io.mlengine.backend.k8s.resource.MLTrainWish;
import io.mlengine.spi.model.Role;
import io.mlengine.spi.model.Violation;
import java.util.List;
import java.util.Optional;

/**
 * Completes {@code MLTrain}s: who submitted it, our finalizer, the default queue, and the size that {@code kubectl scale}
 * and autoscalers read, which the API server cannot take from a role. Nothing else: defaults of core and of the frameworks
 * stay out of the spec, because whoever applies a document again would fight over them; the engine's record has them. A
 * job that is not valid is refused here already, for the server's schema comes next and would answer in words of its own.
 */
final class TrainMutation implements Admitter {
    private static final String DEFAULT_QUEUE = "default";

    private final TrainRules rules;

    /**
     * Makes the admission.
     *
     * @param rules what a job must keep to
     */
    TrainMutation(TrainRules rules) {
        this.rules = rules;
    }

    @Override
    public Verdict admit(Review review) {
        Optional<TrainObject> object = review.object().flatMap(TrainObject::of);
        return object.map(found -> switch (review.operation()) {
                    case CREATE -> created(found, review.user());
                    case UPDATE -> updated(review.oldObject().flatMap(TrainObject::of), found);
                    case DELETE, CONNECT -> Verdict.ALLOWED;
                })
                .orElse(Verdict.ALLOWED);
    }

    private Verdict created(TrainObject created, Requester user) {
        List<Violation> violations = rules.create(created);
        if (!violations.isEmpty()) {
            return Verdict.refused(Refusal.invalid(created.name(), "nothing was started", violations));
        }
        ObjectNode complete = created.json().deepCopy();
        complete.withObject("/metadata/annotations").put(Submitter.ANNOTATION, user.name());
        ArrayNode finalizers = complete.withArray("/metadata/finalizers");
        if (!holds(finalizers, Labels.FINALIZER)) {
            finalizers.add(Labels.FINALIZER);
        }
        if (!complete.at("/spec/queue").isTextual()) {
            complete.withObject("/spec").put("queue", DEFAULT_QUEUE);
        }
        ofRole(created)
                .filter(replicas -> !hasWish(created))
                .ifPresent(replicas -> complete.withObject("/spec").put(MLTrainWish.REPLICAS, replicas));
        return Verdict.patched(difference(created.json(), complete));
    }

    /** Puts back what a replaced object lacks, and lets the size follow the role's where only that was changed. */
    private static Verdict updated(Optional<TrainObject> before, TrainObject after) {
        if (before.isEmpty()) {
            return Verdict.ALLOWED;
        }
        ObjectNode complete = after.json().deepCopy();
        if (before.get().user().isPresent() && after.user().isEmpty()) {
            complete.withObject("/metadata/annotations")
                    .put(Submitter.ANNOTATION, before.get().user().get());
        }
        boolean isWishKept = hasWish(before.get())
                && (!hasWish(after) || wished(before.get()).equals(wished(after)));
        boolean isRoleChanged = !ofRole(before.get()).equals(ofRole(after));
        if (isWishKept && (isRoleChanged || !hasWish(after))) {
            ofRole(after).ifPresent(replicas -> complete.withObject("/spec").put(MLTrainWish.REPLICAS, replicas));
        }
        return Verdict.patched(difference(after.json(), complete));
    }

    /** The size that stands with the only elastic role. */
    private static Optional<Integer> ofRole(TrainObject object) {
        return object.train().flatMap(MLTrainWish::elasticRole).map(Role::replicas);
    }

    private static boolean hasWish(TrainObject object) {
        return !wished(object).isMissingNode();
    }

    private static JsonNode wished(TrainObject object) {
        return object.json().at("/spec/" + MLTrainWish.REPLICAS);
    }

    private static boolean holds(ArrayNode list, String text) {
        for (JsonNode item : list) {
            if (text.equals(item.textValue())) {
                return true;
            }
        }
        return false;
    }

    private static ArrayNode difference(JsonNode before, JsonNode after) {
        return JsonDiff.asJson(before, after) instanceof ArrayNode patch ? patch : JsonNodeFactory.instance.arrayNode();
    }
}
